package org.normfree.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;
import org.normfree.core.op.Kernel;
import org.normfree.core.op.Kernels;

/**
 * Every model with every method, executor, choice of kernels and precision against SameDiff's own
 * session in double precision: the loss and the gradient of every parameter.
 */
class AgreementTest {
  /** Largest error of a gradient over the largest element of the exact one. */
  private static final double SINGLE = 2e-4;

  /**
   * The same where the operands of products have 8 significant bits. A gradient that is small
   * because large terms cancel, like that of a scalar, keeps the error of the terms, so a tenth of
   * the network's largest gradient counts as large. Hardtanh's kink is the worst case: rounding
   * moves elements over it.
   */
  private static final double BFLOAT16 = 0.2;

  private static final int BATCH = 5;

  static List<String> methods() {
    return Methods.names();
  }

  /** A way to run a graph. */
  private record Way(String name, double tolerance, Maker maker) {}

  private interface Maker {
    GraphExecutor make(Network network);
  }

  private static Set<String> moving(Network network) {
    return network.states().stream().map(Network.State::name).collect(Collectors.toSet());
  }

  private static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (String choice : List.of("auto", "onednn", "java", "nd4j")) {
      Optional<List<Kernel>> kernels = kernels(choice);
      kernels.ifPresent(
          list -> {
            ways.add(new Way("stock " + choice, SINGLE, n -> new StockExecutor(n.graph(), list)));
            for (int threads : choice.equals("auto") ? new int[] {1, 2, 3} : new int[] {2}) {
              ways.add(
                  new Way(
                      "compiled %s, %d threads".formatted(choice, threads),
                      SINGLE,
                      n -> compiled(n, threads, Precision.FLOAT32, list)));
            }
            if (list.stream().anyMatch(k -> k.missingForBfloat16().isEmpty())) {
              ways.add(
                  new Way(
                      "compiled %s, bf16".formatted(choice),
                      BFLOAT16,
                      n -> compiled(n, 2, Precision.BF16, list)));
            }
          });
    }
    return ways;
  }

  private static Optional<List<Kernel>> kernels(String choice) {
    try {
      return Optional.of(Kernels.load(choice));
    } catch (RuntimeException notHere) {
      return Optional.empty();
    }
  }

  private static GraphExecutor compiled(
      Network network, int threads, Precision precision, List<Kernel> kernels) {
    return new CompiledExecutor(
        network.graph(), new CompilerSettings(threads, precision, kernels, moving(network), false));
  }

  private static Map<String, INDArray> placeholders(Network network, DataType type) {
    SplittableRandom random = new SplittableRandom(8);
    Map<String, INDArray> values = new HashMap<>();
    values.put(
        Network.INPUT,
        Nd4j.createFromArray(random.doubles(BATCH * 64, -1, 1).toArray())
            .reshape(BATCH, 8, 8, 1)
            .castTo(type));
    double[][] labels = {{0.9, 0.05, 0.05}, {0.2, 0.3, 0.5}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}};
    values.put(Network.LABELS, Nd4j.createFromArray(labels).castTo(type));
    for (Network.Noise noise : network.noises()) {
      double kept = 1 / (1 - noise.rate());
      double[] mask = {0, kept, kept, 0, kept};
      values.put(noise.name(), Nd4j.createFromArray(mask).reshape(BATCH, 1, 1).castTo(type));
    }
    return values;
  }

  /** Moves every parameter off its initial value, so that no gradient is zero by construction. */
  private static void perturb(Network network) {
    SplittableRandom random = new SplittableRandom(6);
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      double[] noise = random.doubles(array.length(), -0.2, 0.2).toArray();
      array.addi(Nd4j.createFromArray(noise).reshape(array.shape()).castTo(array.dataType()));
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyWayAgreesWithTheDoubleReference(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    for (ViTConfig.Pooling pooling : ViTConfig.Pooling.values()) {
      ViTConfig config = new ViTConfig(8, 8, 1, 3, 2, 24, 2, 3, 4, pooling, 0.1);
      Network wide = VisionTransformer.build(config, method, DataType.DOUBLE, 3);
      perturb(wide);
      Map<String, INDArray> exactInputs = placeholders(wide, DataType.DOUBLE);
      try (GraphExecutor exact = new StockExecutor(wide.graph(), List.of());
          GraphExecutor compiled = compiled(wide, 2, Precision.FLOAT32, Kernels.standard())) {
        GraphExecutor.Pass expected = exact.gradients(exactInputs, List.of(Network.LOSS));
        agree(name + " compiled in double precision", 1e-12, compiled, exactInputs, expected);
        Network narrow = VisionTransformer.build(config, method, DataType.FLOAT, 3);
        perturb(narrow);
        Map<String, INDArray> inputs = placeholders(narrow, DataType.FLOAT);
        for (Way way : ways()) {
          try (GraphExecutor executor = way.maker().make(narrow)) {
            agree(name + " " + way.name(), way.tolerance(), executor, inputs, expected);
          }
        }
      }
    }
  }

  private static void agree(
      String what,
      double tolerance,
      GraphExecutor executor,
      Map<String, INDArray> inputs,
      GraphExecutor.Pass expected) {
    GraphExecutor.Pass actual = executor.gradients(inputs, List.of(Network.LOSS));
    double loss = expected.outputs().get(Network.LOSS).getDouble(0);
    assertThat(actual.outputs().get(Network.LOSS).getDouble(0))
        .as(what)
        .isCloseTo(loss, Offset.offset(0.05 * tolerance * Math.abs(loss)));
    assertThat(actual.gradients().keySet()).isEqualTo(expected.gradients().keySet());
    double ofAll =
        expected.gradients().values().stream()
            .mapToDouble(g -> g.amaxNumber().doubleValue())
            .max()
            .orElseThrow();
    double floor = tolerance == BFLOAT16 ? 0.1 * ofAll : 1e-3;
    expected
        .gradients()
        .forEach(
            (parameter, gradient) -> {
              // softmax does not see a bias of the keys: its gradient is rounding error alone
              String scaledBy = parameter.replace("key.bias", "key.weight");
              double largest = expected.gradients().get(scaledBy).amaxNumber().doubleValue();
              double difference =
                  actual
                      .gradients()
                      .get(parameter)
                      .castTo(DataType.DOUBLE)
                      .sub(gradient)
                      .amaxNumber()
                      .doubleValue();
              assertThat(difference / Math.max(largest, floor))
                  .as(what + ": gradient of " + parameter)
                  .isLessThan(tolerance);
            });
  }

  static Stream<String> aFewMethods() {
    return Stream.of("pre-ln", "dyt", "deepnorm", "sigma-reparam", "rezero");
  }

  @ParameterizedTest
  @MethodSource("aFewMethods")
  void compiledRunsRepeatBitForBit(String name) {
    Optional<List<Kernel>> kernels = kernels("auto");
    assumeTrue(kernels.isPresent());
    ViTConfig config = new ViTConfig(8, 8, 1, 3, 2, 24, 3, 3, 4, ViTConfig.Pooling.CLS, 0.1);
    Network network =
        VisionTransformer.build(
            config, Methods.create(name, MethodOptions.DEFAULTS), DataType.FLOAT, 3);
    Map<String, INDArray> inputs = placeholders(network, DataType.FLOAT);
    Map<String, byte[]> first = new HashMap<>();
    for (int run = 0; run < 3; run++) {
      try (GraphExecutor executor = compiled(network, 2, Precision.FLOAT32, kernels.get())) {
        for (int step = 0; step < 3; step++) {
          GraphExecutor.Pass pass = executor.gradients(inputs, List.of(Network.LOSS));
          pass.gradients()
              .forEach(
                  (parameter, gradient) -> {
                    byte[] bits = new byte[(int) gradient.length() * Float.BYTES];
                    gradient.data().asNio().get(0, bits);
                    byte[] before = first.putIfAbsent(parameter, bits);
                    assertThat(before == null ? bits : before).as(parameter).isEqualTo(bits);
                  });
        }
      }
    }
  }
}
