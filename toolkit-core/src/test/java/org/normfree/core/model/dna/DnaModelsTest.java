package org.normfree.core.model.dna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

class DnaModelsTest {
  private static final List<String> MODELS =
      List.of(
          "hyena",
          "hyena-3",
          "mamba",
          "mamba-classifier",
          "caduceus-ps",
          "caduceus-ps-fault",
          "caduceus-ps-classifier",
          "caduceus-ph",
          "caduceus-ph-classifier");

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  /** Every method in a model of each family, the models taken in turn, DyT in all of them. */
  static Stream<Arguments> methodsAndModels() {
    List<String> methods = Methods.names();
    Stream<Arguments> each =
        Stream.iterate(0, i -> i + 1)
            .limit(methods.size())
            .flatMap(
                i ->
                    Stream.of(i % 2, 2 + i % 2, 4 + i % 5)
                        .map(m -> arguments(methods.get(i), MODELS.get(m))));
    return Stream.concat(each, MODELS.stream().map(m -> arguments("dyt", m))).distinct();
  }

  /** Lets σReparam's u settle, where the gradient that takes it as a constant is the true one. */
  private static void settleStates(
      Network network, GraphExecutor executor, Map<String, INDArray> in) {
    List<String> next = network.states().stream().flatMap(s -> s.next().stream()).toList();
    boolean moving = !next.isEmpty();
    for (int i = 0; i < 300 && moving; i++) {
      Map<String, INDArray> values = executor.output(in, next);
      moving = false;
      for (Network.State state : network.states()) {
        INDArray now = values.get(state.next().orElseThrow());
        INDArray before = network.array(state.name());
        moving |= now.sub(before).amaxNumber().doubleValue() > 1e-14;
        before.assign(now);
      }
    }
  }

  /** Along a random direction of all parameters of a place at once. */
  @ParameterizedTest
  @MethodSource("methodsAndModels")
  void everyMethodsGradientAgreesWithFiniteDifferences(String name, String model) {
    boolean causal = !model.startsWith("caduceus");
    if (name.equals("batch-norm") && causal) {
      assertThatThrownBy(() -> DnaModels.build(model, method(name), DataType.DOUBLE))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("batch-norm");
      return;
    }
    Network network;
    try {
      network = DnaModels.build(model, method(name), DataType.DOUBLE);
    } catch (InputException e) {
      // the fault swaps strands between layers, so nothing may go with the stream
      assertThat(model).isEqualTo("caduceus-ps-fault");
      assertThat(e).hasMessageContaining("not the one that the branch before it returned");
      return;
    }
    DnaModels.perturb(network);
    Map<String, List<String>> places =
        names(network).stream()
            .collect(Collectors.groupingBy(n -> n.replaceFirst("\\.[^.]*(\\.[^.]*)?$", "")));
    Map<String, INDArray> in = DnaModels.placeholders(network, DataType.DOUBLE, DnaModels.ids(5));
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), CompilerSettings.of(1))) {
      settleStates(network, executor, in);
      Map<String, INDArray> gradients = new HashMap<>();
      executor
          .gradients(in, List.of(Network.LOSS))
          .gradients()
          .forEach((parameter, gradient) -> gradients.put(parameter, gradient.dup()));
      SplittableRandom random = new SplittableRandom(7);
      places.forEach(
          (place, members) -> {
            Map<String, INDArray> direction = new HashMap<>();
            members.forEach(m -> direction.put(m, DnaModels.direction(random, network.array(m))));
            double h = 1e-6;
            direction.forEach((m, d) -> network.array(m).addi(d.mul(h)));
            double up = loss(executor, in);
            direction.forEach((m, d) -> network.array(m).subi(d.mul(2 * h)));
            double down = loss(executor, in);
            direction.forEach((m, d) -> network.array(m).addi(d.mul(h)));
            double analytic =
                members.stream()
                    .mapToDouble(
                        m -> gradients.get(m).mul(direction.get(m)).sumNumber().doubleValue())
                    .sum();
            assertThat(Math.abs(analytic - (up - down) / (2 * h)))
                .as(name + " gradient at " + place)
                .isLessThan(2e-6 * (0.01 + Math.abs(analytic)));
          });
    }
  }

  private static double loss(GraphExecutor executor, Map<String, INDArray> in) {
    return executor.output(in, List.of(Network.LOSS)).get(Network.LOSS).getDouble(0);
  }

  private static List<String> names(Network network) {
    return network.parameters().stream().map(Network.Parameter::name).toList();
  }

  private static INDArray logits(Network network, DataType type, int[][] ids) {
    Map<String, INDArray> in = DnaModels.placeholders(network, type, ids);
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), CompilerSettings.of(2))) {
      return executor.output(in, List.of(Network.LOGITS)).get(Network.LOGITS).dup();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hyena", "mamba"})
  void aCausalModelSeesNothingOfWhatFollows(String model) {
    Network network = DnaModels.build(model, method("dyt"), DataType.DOUBLE);
    DnaModels.perturb(network);
    int[][] ids = DnaModels.ids(5);
    INDArray before = logits(network, DataType.DOUBLE, ids);
    int changed = 5;
    ids[1][changed] = ids[1][changed] == 7 ? 9 : 7;
    INDArray difference = Nd4j.math().abs(logits(network, DataType.DOUBLE, ids).sub(before));
    // the transforms of a long convolution round, so what follows is not 0 to the bit
    for (int t = 0; t < DnaModels.LENGTH; t++) {
      double moved = difference.get(point(1), point(t)).maxNumber().doubleValue();
      if (t < changed) {
        assertThat(moved).as("position " + t).isLessThan(1e-12);
      } else {
        assertThat(moved).as("position " + t).isGreaterThan(1e-9);
      }
    }
  }

  private static INDArrayIndex point(int at) {
    return NDArrayIndex.point(at);
  }

  /** How far guesses of a reverse complement are from those of the sequence, turned round. */
  private static double asymmetry(Network network, DataType type) {
    DnaModels.perturb(network);
    int[][] ids = DnaModels.ids(8);
    INDArray own = logits(network, type, ids);
    INDArray other = logits(network, type, DnaModels.reverseComplement(ids));
    double worst = 0;
    for (int b = 0; b < DnaModels.BATCH; b++) {
      for (int t = 0; t < DnaModels.LENGTH; t++) {
        for (int v = 0; v < DnaModels.COMPLEMENT.size(); v++) {
          double there = other.getDouble(b, DnaModels.LENGTH - 1 - t, DnaModels.COMPLEMENT.get(v));
          worst = Math.max(worst, Math.abs(own.getDouble(b, t, v) - there));
        }
      }
    }
    return worst;
  }

  @ParameterizedTest
  @CsvSource({
    "caduceus-ps, pre-ln",
    "caduceus-ps, rms-norm",
    "caduceus-ps, dyt",
    "caduceus-ps, derf",
    "caduceus-ps, deepnorm",
    "caduceus-ps, batch-norm",
    "caduceus-ps-fault, rms-norm",
    "caduceus-ps-fault, dyt"
  })
  void sharedStrandsAreEquivariant(String model, String name) {
    assertThat(asymmetry(DnaModels.build(model, method(name), DataType.DOUBLE), DataType.DOUBLE))
        .isLessThanOrEqualTo(1e-12);
    assertThat(asymmetry(DnaModels.build(model, method(name), DataType.FLOAT), DataType.FLOAT))
        .isLessThanOrEqualTo(1e-5);
  }

  @Test
  void oneStrandIsNotEquivariant() {
    Network network = DnaModels.build("caduceus-ph", method("rms-norm"), DataType.DOUBLE);
    assertThat(asymmetry(network, DataType.DOUBLE)).isGreaterThan(1e-2);
  }

  @Test
  void classesDoNotDependOnTheStrandWhereBothAreSeen() {
    int[][] ids = DnaModels.ids(8);
    int[][] other = DnaModels.reverseComplement(ids);
    for (String model : List.of("caduceus-ps-classifier", "caduceus-ph-classifier")) {
      Network network = DnaModels.build(model, method("dyt"), DataType.DOUBLE);
      DnaModels.perturb(network);
      Network evaluation = network.evaluation();
      INDArray own = logits(evaluation, DataType.DOUBLE, ids);
      assertThat(own.sub(logits(evaluation, DataType.DOUBLE, other)).amaxNumber().doubleValue())
          .as(model)
          .isLessThan(1e-12);
      boolean trainsOnBoth = model.equals("caduceus-ps-classifier");
      double training =
          logits(network, DataType.DOUBLE, ids)
              .sub(logits(network, DataType.DOUBLE, other))
              .amaxNumber()
              .doubleValue();
      assertThat(training < 1e-12).as(model).isEqualTo(trainsOnBoth);
    }
  }

  /** With mixers that give nothing two swaps are none, and one is seen. */
  @Test
  void theFaultSwapsStrandsOnceALayer() {
    int[][] ids = DnaModels.ids(8);
    for (int depth = 1; depth <= 4; depth++) {
      CaduceusConfig config = DnaModels.caduceus(CaduceusConfig.Strands.SHARED, depth);
      INDArray right = silent(config, ids);
      INDArray faulty = silent(config.fusedFault(true), ids);
      double difference = right.sub(faulty).amaxNumber().doubleValue();
      assertThat(difference < 1e-14).as("depth " + depth).isEqualTo(depth % 2 == 0);
    }
  }

  private static INDArray silent(CaduceusConfig config, int[][] ids) {
    Network network = Caduceus.build(config, method("rms-norm"), DataType.DOUBLE, 3);
    for (String name : names(network)) {
      if (name.endsWith("out.weight")) {
        network.array(name).assign(0);
      }
    }
    return logits(network, DataType.DOUBLE, ids);
  }

  private static long parameters(Network network) {
    return names(network).stream().mapToLong(name -> network.array(name).length()).sum();
  }

  @ParameterizedTest
  @CsvSource({"TINY, pre-ln, 436096", "TINY, dyt-as-published, 436101", "SMALL, pre-ln, 3277568"})
  void hyenasPresetsHaveThePublishedParameters(
      HyenaConfig.Preset preset, String name, long expected) {
    Method method = name.equals("pre-ln") ? method(name) : withoutFactor();
    Network network =
        Scope.outline(
            DataType.FLOAT, root -> new Hyena(preset.config().withDropout(), method).build(root));
    assertThat(parameters(network)).isEqualTo(expected);
  }

  /** DyT as the published patch puts it in: without a factor behind the embedding. */
  private static Method withoutFactor() {
    MethodOptions usual = MethodOptions.DEFAULTS;
    return Methods.create(
        "dyt", new MethodOptions(usual.alpha0(), false, true, true, false, usual.layerScale()));
  }

  @ParameterizedTest
  @CsvSource({"SMALL, 470702", "LARGE, 3864832"})
  void caduceusPresetsHaveThePublishedParameters(CaduceusConfig.Preset preset, long expected) {
    CaduceusConfig config = preset.config(DnaModels.COMPLEMENT, CaduceusConfig.Strands.SHARED);
    // the length has no parameters, and a short one makes a small graph
    CaduceusConfig small =
        CaduceusConfig.of(
            config.complement(), config.mixer(), config.depth(), config.strands(), 16);
    Network network = Caduceus.build(small, method("rms-norm"), DataType.FLOAT, 1);
    assertThat(parameters(network)).isEqualTo(expected);
  }

  @Test
  void hyenaStartsAsPublished() {
    HyenaConfig config = HyenaConfig.of(16, 128, 2, HyenaOperator.ofLength(62), 62);
    Network network = Hyena.build(config, method("pre-ln"), DataType.DOUBLE, 1);
    assertThat(deviation(network, "embedding.weight")).isCloseTo(0.02, within(1e-3));
    assertThat(deviation(network, "block0.mixer.value.weight")).isCloseTo(0.02, within(1e-3));
    assertThat(deviation(network, "block1.mixer.filter.fc2.weight")).isCloseTo(0.02, within(1e-3));
    assertThat(deviation(network, "block1.ffn.fc1.weight")).isCloseTo(0.02, within(1e-3));
    assertThat(deviation(network, "block1.ffn.fc2.weight")).isCloseTo(0.01, within(5e-4));
    assertThat(deviation(network, "block1.mixer.out.weight")).isCloseTo(0.01, within(5e-4));
    assertThat(deviation(network, "block0.mixer.filter.skip")).isCloseTo(1, within(0.2));
    assertThat(network.array("block0.mixer.filter.frequency").toDoubleVector()).containsOnly(10);
    double bound = 1 / Math.sqrt(3);
    for (String end : List.of("weight", "bias")) {
      assertThat(largest(network, "block0.mixer.query.short." + end)).isBetween(0.9 * bound, bound);
    }
    assertThat(largest(network, "block0.mixer.query.bias")).isZero();
  }

  @Test
  void mambaStartsAsPublished() {
    MambaConfig config = MambaConfig.of(16, 64, 4, 16);
    Network network = Mamba.build(config, method("rms-norm"), DataType.DOUBLE, 1);
    String mixer = "block1.mixer.";
    assertThat(network.array(mixer + "scan.log_a").getRow(5).toDoubleVector())
        .containsExactly(
            IntStream.rangeClosed(1, 16).mapToDouble(Math::log).toArray(), within(1e-15));
    assertThat(network.array(mixer + "scan.skip").toDoubleVector()).containsOnly(1);
    double[] steps =
        Arrays.stream(network.array(mixer + "scan.bias").toDoubleVector())
            .map(b -> Math.log1p(Math.exp(b)))
            .toArray();
    assertThat(Arrays.stream(steps).min().orElseThrow()).isBetween(0.001, 0.002);
    assertThat(Arrays.stream(steps).max().orElseThrow()).isBetween(0.07, 0.1);
    assertThat(largest(network, mixer + "value.weight")).isBetween(0.12, 0.125);
    assertThat(largest(network, mixer + "step.weight")).isBetween(0.49, 0.5);
    assertThat(largest(network, mixer + "conv.weight")).isBetween(0.45, 0.5);
    double out = 1 / Math.sqrt(128) / 2;
    assertThat(largest(network, mixer + "out.weight")).isBetween(0.95 * out, out);
  }

  @Test
  void whatDoesNotDecayIsSaid() {
    Network hyena = DnaModels.build("hyena", method("dyt"), DataType.FLOAT);
    assertThat(hyena.undecayed())
        .contains(
            "embedding.weight",
            "block0.mixer.filter.fc1.weight",
            "block0.mixer.filter.fc4.weight",
            "block1.mixer.filter.frequency",
            "block1.mixer.filter.skip")
        .doesNotContain("block0.mixer.value.weight", "block0.ffn.fc1.weight");
    Network caduceus = DnaModels.build("caduceus-ps", method("rms-norm"), DataType.FLOAT);
    assertThat(caduceus.undecayed())
        .contains(
            "embedding.weight",
            "block0.mixer.forward.scan.log_a",
            "block1.mixer.backward.scan.bias")
        .doesNotContain("block0.mixer.value.weight", "block0.mixer.forward.low.weight");
  }

  private static double deviation(Network network, String parameter) {
    return network.array(parameter).stdNumber().doubleValue();
  }

  private static double largest(Network network, String parameter) {
    return network.array(parameter).amaxNumber().doubleValue();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> HyenaConfig.of(16, 4, 1, HyenaOperator.ofLength(62), 65))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("sequences of 65 tokens in a model of at most 64");
    assertThatThrownBy(() -> HyenaOperator.ofLength(8).order(1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("hyena.order=1");
    assertThatThrownBy(() -> new HyenaOperator(2, 3, 8, 4, 4, 8, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("hyena.features=4");
    assertThatThrownBy(() -> MambaShape.of(0)).isInstanceOf(InputException.class);
    assertThatThrownBy(
            () -> DnaModels.caduceus(CaduceusConfig.Strands.POST_HOC, 2).fusedFault(true))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("strands=shared");
    assertThatThrownBy(
            () ->
                CaduceusConfig.of(
                    List.of(1, 2, 0), MambaShape.of(4), 1, CaduceusConfig.Strands.SHARED, 8))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("token 0 pairs with 1");
  }

  /** However many targets there are, the shapes are the same, and so is the plan. */
  @Test
  void aPlanServesAnyNumberOfTargets() {
    Network network = DnaModels.build("caduceus-ps", method("dyt"), DataType.FLOAT);
    Map<String, INDArray> in = DnaModels.placeholders(network, DataType.FLOAT, DnaModels.ids(5));
    try (CompiledExecutor executor =
        new CompiledExecutor(network.graph(), CompilerSettings.of(1))) {
      for (int counted : List.of(1, 5, 13, 27)) {
        int[][] targets = DnaModels.ids(4);
        for (int i = counted; i < DnaModels.BATCH * DnaModels.LENGTH; i++) {
          targets[i / DnaModels.LENGTH][i % DnaModels.LENGTH] = Network.IGNORED;
        }
        in.put(Network.TARGETS, Nd4j.createFromArray(targets));
        assertThat(executor.gradients(in, List.of(Network.LOSS)).outputs()).isNotEmpty();
      }
      assertThat(executor.plans()).isEqualTo(1);
    }
  }
}
