package org.normfree.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
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
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.MaskedAutoencoder;
import org.normfree.core.model.image.MaskedAutoencoderConfig;
import org.normfree.core.model.image.Patches;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.model.text.EncoderConfig;
import org.normfree.core.model.text.TextEncoder;
import org.normfree.core.model.text.Transformer;
import org.normfree.core.model.text.TransformerConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Rng;

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
   * the network's largest gradient counts as large. Rounding moves elements over hardtanh's kink,
   * which is the worst case: there it is a third.
   */
  private static final double BFLOAT16 = 0.2;

  private static final double BFLOAT16_WITH_KINKS = 0.33;

  /** Architectures with a decoder. */
  private static final Set<String> DECODERS = Set.of("transformer", "llama", "gpt");

  private static final int BATCH = 5;
  private static final int LENGTH = 7;
  private static final int TOKENS = 11;

  static List<String> methods() {
    return Methods.names();
  }

  /** A way to run a graph. */
  private record Way(String name, double tolerance, Maker maker) {}

  private interface Maker {
    GraphExecutor make(Network network);
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
                      "compiled %s, %s threads".formatted(choice, threads),
                      SINGLE,
                      n -> compiled(n, threads, Precision.FLOAT32, list)));
            }
            if (Kernel.missingForBfloat16(list).isEmpty()) {
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

  /** Every third way, other ones each turn: over all methods each architecture is run in each. */
  private static List<Way> someWays(int turn) {
    List<Way> all = ways();
    return IntStream.range(0, all.size())
        .filter(way -> (way + turn) % 3 == 0)
        .mapToObj(all::get)
        .toList();
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
        network.graph(),
        new CompilerSettings(threads, precision, kernels, network.moving(), false));
  }

  /** A small network of one architecture. */
  private interface Architecture {
    Network build(Method method, DataType type);
  }

  private static Architecture vit(ViTConfig.Pooling pooling) {
    ViTConfig config = new ViTConfig(8, 8, 1, 3, 2, 24, 2, 3, 4, pooling, 0.1);
    return (method, type) -> VisionTransformer.build(config, method, type, 3);
  }

  private static Map<String, Architecture> architectures() {
    Map<String, Architecture> all = new LinkedHashMap<>();
    all.put("vit, mean", vit(ViTConfig.Pooling.MEAN));
    all.put("vit, class token", vit(ViTConfig.Pooling.CLS));
    MaskedAutoencoderConfig hiding =
        new MaskedAutoencoderConfig(
            new Patches(8, 8, 1, 2),
            new MaskedAutoencoderConfig.Tower(24, 2, 3),
            new MaskedAutoencoderConfig.Tower(16, 1, 2),
            4,
            0.7,
            true);
    all.put(
        "masked autoencoder", (method, type) -> MaskedAutoencoder.build(hiding, method, type, 3));
    TransformerConfig pair =
        new TransformerConfig(TOKENS, 24, 1, 2, 3, 32, 9, FeedForward.GELU, true, 0.1, 0.1);
    all.put("transformer", (method, type) -> Transformer.build(pair, method, type, 3));
    DecoderLmConfig llama = DecoderLmConfig.llama(TOKENS, 24, 2, 3, 9);
    all.put("llama", (method, type) -> DecoderLm.build(llama, method, type, 3));
    DecoderLmConfig gpt = DecoderLmConfig.gpt(TOKENS, 24, 1, 3, 9);
    all.put("gpt", (method, type) -> DecoderLm.build(gpt, method, type, 3));
    EncoderConfig masked = new EncoderConfig(TOKENS, 24, 1, 3, 32, 9, FeedForward.GELU, 0, 0);
    all.put("encoder", (method, type) -> TextEncoder.build(masked, method, type, 3));
    EncoderConfig classes = new EncoderConfig(TOKENS, 24, 1, 3, 32, 9, FeedForward.RELU, 3, 0);
    all.put("classifier", (method, type) -> TextEncoder.build(classes, method, type, 3));
    return all;
  }

  private static Map<String, INDArray> placeholders(Network network, DataType type) {
    SplittableRandom random = new SplittableRandom(8);
    Map<String, INDArray> values = new HashMap<>();
    if (network.graph().getVariable(Network.INPUT).dataType() == DataType.INT32) {
      text(values, random);
    } else {
      values.put(
          Network.INPUT,
          Nd4j.createFromArray(random.doubles(BATCH * 64, -1, 1).toArray())
              .reshape(BATCH, 8, 8, 1));
    }
    double[][] labels = {{0.9, 0.05, 0.05}, {0.2, 0.3, 0.5}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}};
    values.put(Network.LABELS, Nd4j.createFromArray(labels));
    for (RandomInput noise : network.randoms()) {
      long[] shape = noise.shape().stream().mapToLong(size -> size.among(values)).toArray();
      if (noise.distribution().integers()) {
        values.put(noise.name(), integers(noise, shape));
        continue;
      }
      int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      double[] mask = random.doubles(length).map(u -> u < 0.4 ? 0 : 1 / 0.9).toArray();
      values.put(noise.name(), Nd4j.createFromArray(mask).reshape(shape));
    }
    values.keySet().retainAll(network.graph().variableMap().keySet());
    values.replaceAll(
        (name, array) -> array.dataType() == DataType.INT32 ? array : array.castTo(type));
    return values;
  }

  private static INDArray integers(RandomInput noise, long... shape) {
    IntToDoubleFunction element = noise.distribution().draw(Rng.of(8, noise.name(), 0), shape);
    int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int[] drawn = IntStream.range(0, length).map(i -> (int) element.applyAsDouble(i)).toArray();
    return Nd4j.createFromArray(drawn).reshape(shape);
  }

  /** Token ids with padding at the end of the first two sequences. */
  private static void text(Map<String, INDArray> values, SplittableRandom random) {
    for (String name : List.of(Network.INPUT, Network.DECODER_INPUT)) {
      int[] ids = random.ints(BATCH * LENGTH, 0, TOKENS).toArray();
      values.put(name, Nd4j.createFromArray(ids).reshape(BATCH, LENGTH));
    }
    int[] targets = random.ints(BATCH * LENGTH, 0, TOKENS).toArray();
    double[] mask = new double[targets.length];
    Arrays.fill(mask, 1);
    for (int padding : new int[] {LENGTH - 2, LENGTH - 1, 2 * LENGTH - 1}) {
      targets[padding] = Network.IGNORED;
      mask[padding] = 0;
    }
    values.put(Network.TARGETS, Nd4j.createFromArray(targets).reshape(BATCH, LENGTH));
    values.put(Network.INPUT_MASK, Nd4j.createFromArray(mask).reshape(BATCH, LENGTH));
    INDArray positions = Nd4j.createFromArray(IntStream.range(0, LENGTH).toArray());
    values.put(Network.POSITIONS, positions);
    values.put(Network.DECODER_POSITIONS, positions);
  }

  /** Moves every parameter off its initial value, so that no gradient is zero by construction. */
  private static void perturb(Network network) {
    network.states().stream()
        .filter(state -> state.name().equals("training_steps"))
        .forEach(state -> network.array(state.name()).assign(900)); // where factors are on the way
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
    int turn = methods().indexOf(name);
    for (Map.Entry<String, Architecture> entry : architectures().entrySet()) {
      if (turn++ % 3 != 0) {
        continue; // every third one; the next methods take the others
      }
      Architecture architecture = entry.getValue();
      if (name.equals("batch-norm") && DECODERS.contains(entry.getKey())) {
        continue; // it refuses them: statistics over all tokens tell about later ones
      }
      String what = name + " in " + entry.getKey();
      Network wide = architecture.build(method, DataType.DOUBLE);
      perturb(wide);
      Map<String, INDArray> exactInputs = placeholders(wide, DataType.DOUBLE);
      try (GraphExecutor exact = new StockExecutor(wide.graph(), List.of());
          GraphExecutor compiled = compiled(wide, 2, Precision.FLOAT32, Kernels.standard())) {
        GraphExecutor.Pass expected = exact.gradients(exactInputs, List.of(Network.LOSS));
        agree(what + " compiled in double precision", 1e-12, compiled, exactInputs, expected);
        Network narrow = architecture.build(method, DataType.FLOAT);
        perturb(narrow);
        Map<String, INDArray> inputs = placeholders(narrow, DataType.FLOAT);
        for (Way way : someWays(turn)) {
          try (GraphExecutor executor = way.maker().make(narrow)) {
            boolean kinks = way.tolerance() == BFLOAT16 && name.startsWith("hardtanh");
            double tolerance = kinks ? BFLOAT16_WITH_KINKS : way.tolerance();
            agree(what + " " + way.name(), tolerance, executor, inputs, expected);
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
    double floor = tolerance >= BFLOAT16 ? 0.1 * ofAll : 1e-3;
    expected
        .gradients()
        .forEach(
            (parameter, gradient) -> {
              // softmax does not see a bias of the keys, nor batch norm a bias of the stream: their
              // gradients are rounding error alone
              String unseen = what.startsWith("batch-norm") ? ".bias" : "key.bias";
              String seen = parameter.replace(unseen, unseen.replace("bias", "weight"));
              String scaledBy = expected.gradients().containsKey(seen) ? seen : parameter;
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
    return Stream.of("dyt", "deepnorm", "sigma-reparam");
  }

  @ParameterizedTest
  @MethodSource("aFewMethods")
  void compiledRunsRepeatBitForBit(String name) {
    Optional<List<Kernel>> kernels = kernels("auto");
    assumeTrue(kernels.isPresent());
    for (Architecture architecture : architectures().values()) {
      repeats(
          architecture.build(Methods.create(name, MethodOptions.DEFAULTS), DataType.FLOAT),
          kernels.get());
    }
  }

  private static void repeats(Network network, List<Kernel> kernels) {
    Map<String, INDArray> inputs = placeholders(network, DataType.FLOAT);
    Map<String, byte[]> first = new HashMap<>();
    for (int run = 0; run < 2; run++) {
      try (GraphExecutor executor = compiled(network, 2, Precision.FLOAT32, kernels)) {
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
