package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.train.Bits;
import org.normfree.core.train.ManyTasks;

class GradientGraphTest {
  private static INDArray random(long seed, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = new SplittableRandom(seed).doubles(length, -1, 1).toArray();
    return Nd4j.createFromArray(values).reshape(shape);
  }

  /** SameDiff's own gradients of every variable, and ours, of two equal graphs. */
  private static void assertSameBits(Supplier<SameDiff> build, Map<String, INDArray> in) {
    SameDiff theirs = build.get();
    theirs.createGradFunction();
    SameDiff ours = build.get();
    // an executor takes the gradient function that a graph has
    try (StockExecutor expected = new StockExecutor(theirs);
        StockExecutor actual = new StockExecutor(ours)) {
      GraphExecutor.Pass reference = expected.gradients(in, theirs.getLossVariables());
      GraphExecutor.Pass pass = actual.gradients(in, ours.getLossVariables());
      assertThat(ours.getFunction("grad").getOps()).as("ours").isNotEmpty();
      assertThat(pass.gradients().keySet()).isEqualTo(reference.gradients().keySet());
      pass.gradients()
          .forEach(
              (name, gradient) ->
                  assertThat(Bits.of(gradient))
                      .as(name)
                      .isEqualTo(Bits.of(reference.gradients().get(name))));
      assertThat(Bits.of(pass.outputs())).isEqualTo(Bits.of(reference.outputs()));
    }
  }

  static Stream<Arguments> methodsAndPoolings() {
    return Methods.names().stream()
        .flatMap(name -> Stream.of(ViTConfig.Pooling.values()).map(p -> Arguments.of(name, p)));
  }

  @ParameterizedTest
  @MethodSource("methodsAndPoolings")
  void everyMethodHasTheBitsOfSameDiffsOwnGradients(String method, ViTConfig.Pooling pooling) {
    ViTConfig config = new ViTConfig(4, 6, 2, 3, 2, 8, 2, 2, 1.5, pooling, 0.3);
    Supplier<Network> network =
        () -> {
          Network built =
              VisionTransformer.build(
                  config, Methods.create(method, MethodOptions.DEFAULTS), DataType.FLOAT, 11);
          built
              .parameters()
              .forEach(
                  p -> {
                    INDArray array = built.array(p.name());
                    array.addi(random(6, array.shape()).muli(0.2).castTo(DataType.FLOAT));
                  });
          return built;
        };
    Map<String, INDArray> in = new HashMap<>();
    in.put(Network.INPUT, random(1, 3, 4, 6, 2).castTo(DataType.FLOAT));
    in.put(Network.LABELS, Nd4j.eye(3).castTo(DataType.FLOAT));
    for (RandomInput noise : network.get().randoms()) {
      in.put(noise.name(), Nd4j.createFromArray(0f, 1.5f, 1.5f).reshape(3, 1, 1));
    }
    assertSameBits(() -> network.get().graph(), in);
  }

  /**
   * A weight used three times and once with itself, an index, an output nobody uses, two losses, a
   * variable that no loss depends on, and a branch with nothing to train in it.
   */
  private static SameDiff tangle() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
    SDVariable w = sd.var("w", random(2, 4, 4));
    SDVariable table = sd.var("table", random(3, 5, 4));
    sd.var("idle", random(4, 4)).mul("unused", 2);
    SDVariable segments = sd.constant("rows", Nd4j.createFromArray(0, 0, 1, 2, 2));
    SDVariable rows = sd.segmentSum(table, segments);
    SDVariable h = sd.math.tanh(x.mmul(w)).mmul(w).add(rows);
    SDVariable square = h.mul(h).add(w.mul(w).sum(true, 0));
    SDVariable[] halves = sd.split(new String[] {"left", "right"}, square, 2, 1);
    SDVariable frozen = sd.math.tanh("frozen", sd.constant("c", random(5, 3, 2)).mul(3));
    halves[0].mul(frozen).mean().rename("first");
    h.castTo(DataType.INT32).castTo(DataType.DOUBLE).mul(h).std(true).rename("second");
    sd.setLossVariables("first", "second");
    return sd;
  }

  @Test
  void sharedWeightsIndicesUnusedOutputsAndTwoLossesHaveSameDiffsBits() {
    assertSameBits(GradientGraphTest::tangle, Map.of("x", random(7, 3, 4)));
  }

  @Test
  void whatNoWantedGradientNeedsIsLeftOut() {
    GradientGraph gradients = GradientGraph.of(tangle());
    assertThat(gradients.gradientNames())
        .containsOnlyKeys("w", "table")
        .containsEntry("table", "table-grad");
    List<String> ops = gradients.function().getOps().keySet().stream().toList();
    String tanh = tangle().getVariables().get("frozen").getOutputOfOp();
    assertThat(ops).contains(tanh).noneMatch(op -> op.startsWith(tanh + "-bp/"));
    assertThat(ops).anyMatch(op -> op.startsWith("mmul-bp/") || op.startsWith("matmul-bp/"));
  }

  @Test
  void gradientsOfOtherVariablesAreThereOnRequest() {
    Map<String, INDArray> in = Map.of("x", random(7, 3, 4));
    SameDiff theirs = tangle();
    theirs.createGradFunction("x");
    INDArray expected = theirs.calculateGradients(in, "x").get("x");

    GradientGraph gradients = GradientGraph.of(tangle(), "x");

    assertThat(gradients.gradientNames()).containsEntry("x", "x-grad");
    assertThat(Bits.of(gradients.function().outputSingle(in, "x-grad")))
        .isEqualTo(Bits.of(expected));
  }

  @Test
  void aLossThatAnotherIsComputedFromCountsTwice() {
    SameDiff sd = SameDiff.create();
    SDVariable w = sd.var("w", Nd4j.createFromArray(2.0, -3.0));
    SDVariable first = w.mul(w).sum("first");
    first.mul("second", 3);
    sd.setLossVariables("first", "second");
    GradientGraph gradients = GradientGraph.of(sd);
    INDArray gradient =
        gradients.function().outputSingle(Map.of(), gradients.gradientNames().get("w"));
    // d(Σw² + 3·Σw²)/dw = 8w
    assertThat(gradient.toDoubleVector()).containsExactly(new double[] {16, -24}, within(1e-12));
  }

  @Test
  void theFunctionComputesWithTheGraphsOwnArraysAndIsFoundBySameDiff() {
    SameDiff sd = tangle();
    GradientGraph gradients = GradientGraph.of(sd);
    Map<String, INDArray> in = Map.of("x", random(7, 3, 4));
    sd.getVariable("w").getArr().muli(0.5);
    sd.getVariable("table").setArray(random(8, 5, 4));
    sd.getVariable("c").getArr().addi(1);
    SameDiff changed = tangle();
    changed.getVariable("w").getArr().muli(0.5);
    changed.getVariable("table").setArray(random(8, 5, 4));
    changed.getVariable("c").getArr().addi(1);
    changed.createGradFunction();
    String[] names = {"w", "table"};

    Map<String, INDArray> expected = changed.calculateGradients(in, names);

    assertThat(Bits.of(sd.calculateGradients(in, names))).isEqualTo(Bits.of(expected));
    assertThat(sd.getVariable("w").getGradient().name())
        .isEqualTo(gradients.gradientNames().get("w"));
    assertThat(GradientGraph.of(sd)).isEqualTo(gradients);
    Map<String, INDArray> direct = new LinkedHashMap<>();
    gradients
        .gradientNames()
        .forEach((n, g) -> direct.put(n, gradients.function().outputSingle(in, g)));
    assertThat(Bits.of(direct)).isEqualTo(Bits.of(expected));
  }

  private static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    arrays.forEach((name, array) -> copies.put(name, array.dup()));
    return copies;
  }

  private static GraphExecutor compiled(SameDiff graph) {
    return new CompiledExecutor(
        graph, new CompilerSettings(2, Precision.FLOAT32, Kernels.standard(), Set.of(), false));
  }

  /** The gradients of one loss, by a graph that has no other. */
  private static GraphExecutor.Pass alone(
      Supplier<SameDiff> build, Map<String, INDArray> in, String loss) {
    SameDiff sd = build.get();
    sd.setLossVariables(loss);
    try (StockExecutor executor = new StockExecutor(sd)) {
      GraphExecutor.Pass pass = executor.gradients(in, List.of(loss));
      return new GraphExecutor.Pass(copies(pass.outputs()), copies(pass.gradients()));
    }
  }

  /** In each order of the losses, one twice, between calls for the sum of all. */
  @Test
  void eachOfSeveralLossesHasTheGradientsThatItHasAlone() {
    Supplier<SameDiff> build =
        () -> {
          SameDiff sd = tangle();
          sd.getVariable("first").mul(sd.getVariable("second")).rename("third");
          sd.var("own", random(8, 2)).mul(sd.getVariable("first")).sum("fourth");
          return sd;
        };
    SameDiff ours = build.get();
    try (GraphExecutor stock = new StockExecutor(ours);
        GraphExecutor plan = compiled(build.get())) {
      for (List<String> losses :
          List.of(
              List.of("first", "second", "third", "fourth"),
              List.of("third", "first"),
              List.of("second", "second"),
              List.of("fourth"))) {
        for (int call = 0; call < 3; call++) {
          Map<String, INDArray> in = Map.of("x", random(7L + call, 3, 4));
          GraphExecutor.Passes passes = stock.gradientsOfEach(in, losses, losses);
          List<Map<String, INDArray>> found =
              passes.gradients().stream().map(GradientGraphTest::copies).toList();
          List<Map<String, INDArray>> planned =
              plan.gradientsOfEach(in, losses, losses).gradients().stream()
                  .map(GradientGraphTest::copies)
                  .toList();
          for (int i = 0; i < losses.size(); i++) {
            GraphExecutor.Pass expected = alone(build, in, losses.get(i));
            assertThat(Bits.of(found.get(i))).isEqualTo(Bits.of(expected.gradients()));
            assertThat(planned.get(i).keySet()).isEqualTo(expected.gradients().keySet());
            planned
                .get(i)
                .forEach(
                    (name, gradient) ->
                        assertThat(
                                gradient
                                    .sub(expected.gradients().get(name))
                                    .amaxNumber()
                                    .doubleValue())
                            .as(name)
                            .isLessThan(1e-12));
          }
          stock.gradients(in, List.of());
          plan.gradients(in, List.of());
        }
      }
    }
  }

  /** A network in FLOAT with noise, by kernels: one plan for three losses beside three graphs. */
  @Test
  void onePlanOfThreeLossesHasTheGradientsOfThreeGraphs() {
    Supplier<SameDiff> build =
        () -> ManyTasks.build(ManyTasks.model(0.4, true), DataType.FLOAT).graph();
    Network network = ManyTasks.build(ManyTasks.model(0.4, true), DataType.FLOAT);
    try (GraphExecutor plan = compiled(network.graph())) {
      for (int size : new int[] {9, 4, 9}) {
        Map<String, INDArray> in = new HashMap<>();
        ManyTasks.batch(size, 2)
            .feeds()
            .forEach(
                (name, feed) -> {
                  if (feed instanceof Batch.Reals reals) {
                    in.put(name, Nd4j.createFromArray(reals.elements()).reshape(reals.shape()));
                  }
                });
        for (RandomInput noise : network.randoms()) {
          INDArray mask = random(3, size, noise.shape().get(1).value()).gt(0);
          in.put(noise.name(), mask.castTo(DataType.FLOAT).mul(2));
        }
        List<Map<String, INDArray>> planned =
            plan.gradientsOfEach(in, List.of(), ManyTasks.LOSSES).gradients();
        for (int i = 0; i < 3; i++) {
          Map<String, INDArray> own = planned.get(i);
          Map<String, INDArray> expected = alone(build, in, ManyTasks.LOSSES.get(i)).gradients();
          assertThat(own.keySet()).isEqualTo(expected.keySet());
          expected.forEach(
              (name, gradient) ->
                  assertThat(own.get(name).sub(gradient).amaxNumber().doubleValue())
                      .as(name)
                      .isLessThan(2e-6 * (1e-2 + gradient.amaxNumber().doubleValue())));
        }
      }
      assertThat(((CompiledExecutor) plan).plans()).isEqualTo(2);
    }
  }

  @Test
  void lossesThatAreNoneAreRefused() {
    Map<String, INDArray> in = Map.of("x", random(7, 3, 4));
    SameDiff sd = tangle();
    try (GraphExecutor stock = new StockExecutor(sd);
        GraphExecutor plan = compiled(tangle())) {
      for (GraphExecutor executor : List.of(stock, plan)) {
        assertThatThrownBy(() -> executor.gradientsOfEach(in, List.of(), List.of()))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("no loss");
        assertThatThrownBy(() -> executor.gradientsOfEach(in, List.of(), List.of("nowhere")))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> executor.gradientsOfEach(in, List.of(), List.of("left")))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("expected one number");
      }
    }
  }

  @Test
  void theForwardGraphStaysAsItWas() {
    SameDiff sd = tangle();
    GradientGraph.of(sd);
    assertThat(sd.getOps().keySet()).isEqualTo(tangle().getOps().keySet());
    assertThat(sd.getVariables().keySet()).isEqualTo(tangle().getVariables().keySet());
  }

  @Test
  void whatCannotBeDifferentiatedIsSaid() {
    SameDiff noLoss = tangle();
    noLoss.setLossVariables(new String[0]);
    assertThatThrownBy(() -> GradientGraph.of(noLoss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no loss")
        .hasMessageContaining("setLossVariables");

    SameDiff integers = SameDiff.create();
    integers
        .var("w", random(1, 3))
        .castTo(DataType.INT32)
        .castTo(DataType.DOUBLE)
        .mean()
        .rename("loss");
    integers.setLossVariables("loss");
    assertThatThrownBy(() -> GradientGraph.of(integers))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[loss]")
        .hasMessageContaining("no floating-point VARIABLE");

    SameDiff branching = SameDiff.create();
    SDVariable w = branching.var("w", random(2, 3));
    SDVariable[] sides = branching.switchOp(w, branching.placeHolder("flag", DataType.BOOL));
    branching.merge(sides[0].mul(2), sides[1].mul(w)).sum("loss");
    branching.setLossVariables("loss");
    assertThatThrownBy(() -> GradientGraph.of(branching))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("Merge");

    SameDiff grown = tangle();
    GradientGraph.of(grown);
    grown.var("late", random(1, 3));
    assertThatThrownBy(() -> GradientGraph.of(grown))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("late was added");

    assertThatThrownBy(() -> GradientGraph.of(tangle(), "rows"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rows of type INT");
    assertThatThrownBy(() -> GradientGraph.of(tangle(), "nowhere"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere");
  }
}
