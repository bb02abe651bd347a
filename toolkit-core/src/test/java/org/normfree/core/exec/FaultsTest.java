package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.op.Ops;
import org.normfree.core.op.Squash;

/** What was once wrong without a word in graphs other than our own models, a test a fault. */
class FaultsTest {
  /** Builds a loss from an x [rows, width], a placeholder. */
  private interface Graph {
    SDVariable loss(SameDiff sd, Ops ops, SDVariable x);
  }

  private static INDArray random(long seed, long... shape) {
    double[] values =
        new SplittableRandom(seed)
            .doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b), -1, 1)
            .map(v -> (float) v)
            .toArray();
    return shape.length == 0 ? Nd4j.scalar(values[0]) : Nd4j.createFromArray(values).reshape(shape);
  }

  /** A trainable variable whose values depend on its name alone. */
  private static SDVariable variable(SDVariable x, String name, double scale, long... shape) {
    INDArray values = random(name.hashCode(), shape).muli(scale);
    return x.getSameDiff().var(name, values.castTo(DataType.FLOAT).castTo(x.dataType()));
  }

  private static SameDiff build(Graph graph, DataType type, long... shape) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", type, shape);
    graph.loss(sd, Ops.of(sd), x).rename("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  private static CompiledExecutor compiled(SameDiff sd, String choice) {
    List<Kernel> kernels = Kernels.load(choice);
    return new CompiledExecutor(
        sd, new CompilerSettings(2, Precision.FLOAT32, kernels, Set.of(), false));
  }

  private static List<String> choices() {
    return Stream.of("auto", "onednn", "java", "nd4j").filter(FaultsTest::isHere).toList();
  }

  private static boolean isHere(String choice) {
    try {
      Kernels.load(choice);
      return true;
    } catch (InputException e) {
      return false;
    }
  }

  /** Outputs and gradients of three calls against the session in DOUBLE, with clipping between. */
  private static void agrees(Graph graph, List<String> outputs, long... shape) {
    SameDiff wide = build(graph, DataType.DOUBLE, shape);
    for (String choice : choices()) {
      SameDiff sd = build(graph, DataType.FLOAT, shape);
      try (StockExecutor exact = new StockExecutor(wide, List.of());
          CompiledExecutor compiled = compiled(sd, choice)) {
        for (int call = 0; call < 3; call++) {
          INDArray x = random(call + 1, shape).castTo(DataType.FLOAT);
          GraphExecutor.Pass expected =
              exact.gradients(Map.of("x", x.castTo(DataType.DOUBLE)), outputs);
          GraphExecutor.Pass actual = compiled.gradients(Map.of("x", x), outputs);
          String what = "%s, call %s: ".formatted(choice, call);
          outputs.forEach(
              name -> close(what + name, actual.outputs().get(name), expected.outputs().get(name)));
          assertThat(actual.gradients().keySet()).isEqualTo(expected.gradients().keySet());
          expected
              .gradients()
              .forEach(
                  (name, g) ->
                      close(what + "gradient of " + name, actual.gradients().get(name), g));
          actual.gradients().values().forEach(g -> g.muli(0.5));
          actual.outputs().values().forEach(g -> g.muli(-2));
          // alone, more values die early
          Map<String, INDArray> forward = compiled.output(Map.of("x", x), outputs);
          outputs.forEach(
              name ->
                  close(what + name + " alone", forward.get(name), expected.outputs().get(name)));
          forward.values().forEach(g -> g.muli(-2));
        }
      }
    }
  }

  private static void close(String what, INDArray actual, INDArray expected) {
    double error = actual.castTo(DataType.DOUBLE).sub(expected).amaxNumber().doubleValue();
    assertThat(error)
        .as(what)
        .isLessThanOrEqualTo(2e-5 * expected.amaxNumber().doubleValue() + 1e-12);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 200, 512})
  void aSumOfXAndAProductOfXIsNotComputedWhileTheProductReadsX(int width) {
    agrees(
        (sd, ops, x) -> {
          SDVariable h = sd.math.tanh(x);
          SDVariable w = variable(x, "w", 2 / Math.sqrt(width), width, width);
          SDVariable y = h.add("y", ops.linear("product", h, w, null));
          return sd.math.square(y).mean();
        },
        List.of("loss"),
        37,
        width);
  }

  /** The same going back: dh = g + g·Wᵀ, with a g that dies there. */
  @ParameterizedTest
  @ValueSource(ints = {64, 200, 512})
  void aGradientThatIsASumOfItselfAndItsProductIsRight(int width) {
    agrees(
        (sd, ops, x) -> {
          SDVariable h = x.add(variable(x, "b", 1, width));
          SDVariable w = variable(x, "w", 2 / Math.sqrt(width), width, width);
          SDVariable y = ops.linear("product", h, w, null).add(h);
          return sd.math.square(sd.math.tanh(y)).mean();
        },
        List.of("loss"),
        37,
        width);
  }

  @Test
  void gradientsOfASumLieApart() {
    Graph graph =
        (sd, ops, x) -> {
          SDVariable a = variable(x, "a", 1, 5, 7);
          SDVariable b = variable(x, "b", 1, 5, 7);
          return sd.math.square(a.add(b).add(x)).mean();
        };
    agrees(graph, List.of("loss"), 5, 7);
    try (CompiledExecutor compiled = compiled(build(graph, DataType.FLOAT, 5, 7), "auto")) {
      Map<String, INDArray> in = Map.of("x", random(1, 5, 7).castTo(DataType.FLOAT));
      Map<String, INDArray> gradients = compiled.gradients(in, List.of()).gradients();
      INDArray before = gradients.get("b").dup();
      gradients.get("a").muli(0.5);
      assertThat(gradients.get("b")).isEqualTo(before);
    }
  }

  @Test
  void aGradientIsNotTheLossesOwnDerivative() {
    agrees(
        (sd, ops, x) -> {
          SDVariable error = x.sub(variable(x, "w", 1, 3));
          return sd.math.square(error).mean().add(variable(x, "s", 1));
        },
        List.of("loss"),
        4,
        3);
  }

  @Test
  void outputsThatAreOneArrayLieApart() {
    agrees(
        (sd, ops, x) -> {
          SDVariable y = sd.math.tanh("y", x.mul(variable(x, "w", 1, 6)));
          sd.identity("same", y);
          sd.reshape("view", y, 3, 8);
          return sd.math.square(y).mean();
        },
        List.of("y", "same", "view", "loss", "x", "w"),
        4,
        6);
  }

  @Test
  void geluAndSiluOfTheSameInputHaveSlopesOfTheirOwn() {
    agrees(
        (sd, ops, x) -> {
          SDVariable h = x.mul(variable(x, "w", 3, 13));
          return sd.math.square(ops.gelu("gelu", h).add(ops.silu("silu", h))).mean();
        },
        List.of("gelu", "silu", "loss"),
        7,
        13);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 6", "3, 12", "12, 1"})
  void twoAttentionsOverTheSameInputsHaveWeightsOfTheirOwn(int first, int second) {
    agrees(
        (sd, ops, x) -> {
          SDVariable h = x.mul(variable(x, "w", 3, 12));
          SDVariable a = ops.attention("a", h, h, h, first);
          SDVariable b = ops.attention("b", h, h, h, second);
          SDVariable c = ops.attention("c", h, h, h, second, true, null, null);
          return sd.math.square(a.add(b).add(c)).mean();
        },
        List.of("a", "b", "c", "loss"),
        3,
        5,
        12);
  }

  /** In a JVM of its own: what is wrong here ends it. */
  @ParameterizedTest
  @ValueSource(strings = {"collected", "closed", "running", "scope"})
  void memoryLivesAsLongAsSomebodyUsesIt(String how) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-Dorg.nd4j.log.initialization=false",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=CompileThresholdScaling,*.CompiledExecutor::*,0.001",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Lifetimes.class.getName(),
            how);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output.lines()).contains("right");
  }

  /** Shapes that depend on values are the session's business, gradients included. */
  @Test
  void gradientsOfWhatCannotBeCompiledComeFromTheSession() {
    SameDiff sd = SameDiff.create();
    SDVariable rows = sd.placeHolder("rows", DataType.INT32, 1);
    SDVariable w = sd.var("w", random(1, 12).castTo(DataType.FLOAT));
    SDVariable shape = sd.concat(0, rows, sd.constant(Nd4j.createFromArray(-1)));
    SDVariable y = sd.reshape("y", sd.math.tanh(w), shape);
    sd.math.square(y).mean("loss");
    sd.setLossVariables("loss");
    try (CompiledExecutor compiled = compiled(sd, "auto");
        StockExecutor stock = new StockExecutor(sd)) {
      for (int n : new int[] {3, 4, 3}) {
        Map<String, INDArray> in = Map.of("rows", Nd4j.createFromArray(n));
        GraphExecutor.Pass expected = stock.gradients(in, List.of("y", "loss"));
        GraphExecutor.Pass actual = compiled.gradients(in, List.of("y", "loss"));
        assertThat(actual.outputs().get("y").shape()).containsExactly(n, 12 / n);
        assertThat(actual.outputs()).isEqualTo(expected.outputs());
        assertThat(actual.gradients()).isEqualTo(expected.gradients()).containsKey("w");
        assertThat(compiled.output(in, List.of("y")).get("y").shape()).containsExactly(n, 12 / n);
      }
    }
  }

  private static Map<String, BiFunction<SameDiff, SDVariable, SDVariable>> randoms() {
    Map<String, BiFunction<SameDiff, SDVariable, SDVariable>> all = new LinkedHashMap<>();
    DataType type = DataType.FLOAT;
    all.put("exponential", (sd, x) -> sd.random.exponential(1, type, 5, 3));
    all.put("normal", (sd, x) -> sd.random.normal(0, 1, type, 5, 3));
    all.put("uniform", (sd, x) -> sd.random.uniform(0, 1, type, 5, 3));
    all.put("bernoulli", (sd, x) -> sd.random.bernoulli(0.5, type, 50, 3));
    all.put("logNormal", (sd, x) -> sd.random.logNormal(0, 1, type, 5, 3));
    all.put("normalTruncated", (sd, x) -> sd.random.normalTruncated(0, 1, type, 5, 3));
    all.put("dropout", (sd, x) -> sd.nn.dropout(x, 0.5));
    return all;
  }

  static List<String> namesOfRandoms() {
    return List.copyOf(randoms().keySet());
  }

  @ParameterizedTest
  @MethodSource("namesOfRandoms")
  void whatIsRandomIsNotFolded(String name) {
    SameDiff sd = SameDiff.create();
    SDVariable fixed = sd.constant("fixed", Nd4j.ones(DataType.FLOAT, 50, 3));
    SDVariable r = randoms().get(name).apply(sd, fixed);
    SDVariable w = sd.var("w", Nd4j.ones(DataType.FLOAT, 3));
    r.mul("y", w).mean("loss");
    sd.setLossVariables("loss");
    String op = sd.getVariableOutputOp(r.name()).opName();
    try (CompiledExecutor compiled = compiled(sd, "auto")) {
      assertThat(varies(compiled)).isTrue();
      assertThat(compiled.explain()).contains(" " + op + " ");
      INDArray gradient = compiled.gradients(Map.of(), List.of("y")).gradients().get("w").dup();
      assertThat(compiled.explain()).contains(" " + op + " ");
      assertThat(compiled.gradients(Map.of(), List.of("y")).gradients().get("w"))
          .isNotEqualTo(gradient);
    }
  }

  /** A hundred draws in a row follow ND4J's seed and do not repeat each other. */
  @ParameterizedTest
  @MethodSource("namesOfRandoms")
  void whatIsRandomFollowsTheSeed(String name) {
    SameDiff sd = SameDiff.create();
    SDVariable fixed = sd.constant("fixed", Nd4j.ones(DataType.FLOAT, 50, 3));
    randoms().get(name).apply(sd, fixed).mul("y", 2);
    try (CompiledExecutor compiled = compiled(sd, "auto")) {
      Nd4j.getRandom().setSeed(7);
      List<INDArray> drawn = drawn(compiled, 100);
      for (int i = 1; i < drawn.size(); i++) {
        assertThat(drawn.get(i)).as("draw %d", i).isNotEqualTo(drawn.get(i - 1));
      }
      Nd4j.getRandom().setSeed(7);
      assertThat(drawn(compiled, 100)).isEqualTo(drawn);
    }
  }

  private static List<INDArray> drawn(GraphExecutor executor, int times) {
    return IntStream.range(0, times)
        .mapToObj(i -> executor.output(Map.of(), List.of("y")).get("y").dup())
        .toList();
  }

  private static boolean varies(GraphExecutor executor) {
    INDArray first = executor.output(Map.of(), List.of("y")).get("y").dup();
    return !executor.output(Map.of(), List.of("y")).get("y").equals(first);
  }

  private static long teamThreads() {
    return Arrays.stream(
            ManagementFactory.getThreadMXBean()
                .getThreadInfo(ManagementFactory.getThreadMXBean().getAllThreadIds()))
        .filter(t -> t != null && t.getThreadName().startsWith("normfree-team"))
        .count();
  }

  @Test
  void theTeamOfAThreadEndsWithIt() throws InterruptedException {
    SameDiff sd =
        build(
            (graph, ops, x) -> ops.gelu("y", x.mul(variable(x, "w", 1, 7))).mean(),
            DataType.FLOAT,
            5,
            7);
    Map<String, INDArray> in = Map.of("x", random(1, 5, 7).castTo(DataType.FLOAT));
    long before = teamThreads();
    for (int i = 0; i < 8; i++) {
      Thread caller =
          new Thread(
              () -> {
                try (StockExecutor stock = new StockExecutor(sd, Kernels.load("java"))) {
                  stock.output(in, List.of("y"));
                }
              });
      caller.start();
      caller.join();
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (teamThreads() > before && System.nanoTime() < deadline) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(teamThreads()).isLessThanOrEqualTo(before);
  }

  /** Loss a row and gradient of the logits of a cross-entropy. */
  private static List<double[]> crossEntropy(
      String kind, String choice, DataType type, INDArray logits) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("logits", logits.castTo(type));
    double[][] labels = {{0, 1, 0, 0}, {0.5, 0.25, 0, 0.25}, {1, 0, 0, 0}};
    SDVariable targets =
        kind.equals("dense")
            ? sd.constant("targets", Nd4j.createFromArray(labels).castTo(type))
            : sd.constant("targets", Nd4j.createFromArray(1, 3, 0));
    Ops ops = Ops.of(sd);
    SDVariable rows =
        kind.equals("dense")
            ? ops.softmaxCrossEntropy("rows", x, targets)
            : ops.sparseCrossEntropy("rows", x, targets, kind.equals("smoothed") ? 0.1 : 0, null);
    rows.sum("loss");
    sd.setLossVariables("loss");
    try (CompiledExecutor compiled = compiled(sd, choice)) {
      GraphExecutor.Pass pass = compiled.gradients(Map.of(), List.of("rows"));
      return List.of(
          pass.outputs().get("rows").dup().data().asDouble(),
          pass.gradients().get("logits").dup().data().asDouble());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense", "sparse", "smoothed"})
  void aLogitOfMinusInfinityIsTheSameInFloatAsInDouble(String kind) {
    double never = Double.NEGATIVE_INFINITY;
    INDArray logits =
        Nd4j.createFromArray(
            new double[][] {{never, 0.3, -1, 2}, {1, 0.1, never, 0.5}, {3, never, never, -2}});
    List<double[]> expected = crossEntropy(kind, "nd4j", DataType.DOUBLE, logits);
    // rows 0 and 1 have targets that are possible, and nothing is smoothed over what is not
    if (kind.equals("sparse")) {
      assertThat(expected.get(0)).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
    }
    assertThat(expected.get(1)).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY, never);
    for (String choice : choices()) {
      List<double[]> actual = crossEntropy(kind, choice, DataType.FLOAT, logits);
      for (int i = 0; i < 2; i++) {
        for (int j = 0; j < expected.get(i).length; j++) {
          double e = expected.get(i)[j];
          double a = actual.get(i)[j];
          assertThat(a == e || (Double.isNaN(a) && Double.isNaN(e)) || Math.abs(a - e) < 1e-5)
              .as("%s, %s of %d: %s, expected %s", choice, i == 0 ? "loss" : "gradient", j, a, e)
              .isTrue();
        }
      }
    }
  }

  @Test
  void aLaterRequestForOtherGradientsIsHeard() {
    SameDiff sd =
        build(
            (graph, ops, x) -> graph.math.square(x.mul(variable(x, "w", 1, 7))).mean(),
            DataType.FLOAT,
            5,
            7);
    assertThat(GradientGraph.of(sd).gradientNames()).containsOnlyKeys("w");
    GradientGraph more = GradientGraph.of(sd, "x");
    assertThat(more.gradientNames()).containsOnlyKeys("w", "x");
    assertThat(more.function().hasVariable(more.gradientNames().get("x"))).isTrue();
    assertThat(GradientGraph.of(sd).gradientNames()).containsKey("w");
  }

  @Test
  void aLossThatIsNoScalarIsRefusedByName() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, 4, 3);
    x.mul("much", variable(x, "w", 1, 3));
    sd.setLossVariables("much");
    Map<String, INDArray> in = Map.of("x", random(1, 4, 3).castTo(DataType.FLOAT));
    try (GraphExecutor stock = new StockExecutor(sd);
        GraphExecutor compiled = compiled(sd, "auto")) {
      for (GraphExecutor executor : List.of(stock, compiled)) {
        assertThatThrownBy(() -> executor.gradients(in, List.of("much")))
            .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class)
            .hasMessageContaining("much")
            .hasMessageContaining("[4, 3]");
        assertThat(executor.output(in, List.of("much"))).containsKey("much");
      }
    }
  }

  private static DoubleUnaryOperator exact(Squash squash) {
    return switch (squash) {
      case TANH -> Math::tanh;
      case HARDTANH -> u -> Math.max(-1, Math.min(1, u));
      case SIGMOID -> u -> 1 / (1 + Math.exp(-u));
      case IDENTITY -> u -> u;
      case ERF -> org.apache.commons.math3.special.Erf::erf;
      case ISRU -> u -> u / Math.hypot(1, u);
      case ARCTAN -> u -> 2 / Math.PI * Math.atan(u);
      case SATURSIN -> u -> Math.sin(Math.max(-Math.PI / 2, Math.min(Math.PI / 2, u)));
      case SOFTSIGN -> u -> u / (1 + Math.abs(u));
    };
  }

  private static DoubleUnaryOperator slope(Squash squash) {
    return switch (squash) {
      case TANH -> u -> 1 / Math.cosh(u) / Math.cosh(u);
      case HARDTANH -> u -> Math.abs(u) < 1 ? 1 : 0;
      case SIGMOID -> u -> 1 / (1 + Math.exp(-u)) / (1 + Math.exp(u));
      case IDENTITY -> u -> 1;
      case ERF -> u -> 2 / Math.sqrt(Math.PI) * Math.exp(-u * u);
      case ISRU -> u -> Math.pow(Math.hypot(1, u), -3);
      case ARCTAN -> u -> 2 / Math.PI / (1 + u * u);
      case SATURSIN -> u -> Math.abs(u) < Math.PI / 2 ? Math.cos(u) : 0;
      case SOFTSIGN -> u -> Math.pow(1 + Math.abs(u), -2);
    };
  }

  /** Values and slopes of a function of x alone, at numbers from nothing to the largest float. */
  private static void atAllMagnitudes(
      BiFunction<Ops, SDVariable, SDVariable> function,
      DoubleUnaryOperator exact,
      DoubleUnaryOperator slope) {
    List<Double> values = new ArrayList<>();
    for (double size : new double[] {0, 1e-30, 1e-3, 0.7, 4, 90, 3e3, 1e6, 2e19, 1e30, 3e38}) {
      values.add(size);
      values.add(-size);
    }
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      if (type == DataType.DOUBLE) {
        values.addAll(List.of(1e160, -1e160, 1e300, -1e300));
      }
      double[] x =
          values.stream().mapToDouble(v -> type == DataType.FLOAT ? v.floatValue() : v).toArray();
      for (String choice : choices()) {
        SameDiff sd = SameDiff.create();
        SDVariable in = sd.var("x", Nd4j.createFromArray(x).castTo(type));
        function.apply(Ops.of(sd), in).rename("y");
        sd.getVariable("y").sum("loss");
        sd.setLossVariables("loss");
        try (CompiledExecutor compiled = compiled(sd, choice)) {
          double[] forward =
              compiled.output(Map.of(), List.of("y")).get("y").dup().data().asDouble();
          GraphExecutor.Pass pass = compiled.gradients(Map.of(), List.of("y"));
          double[] beside = pass.outputs().get("y").dup().data().asDouble();
          double[] gradient = pass.gradients().get("x").dup().data().asDouble();
          for (int i = 0; i < x.length; i++) {
            String what = "%s %s at %s".formatted(type, choice, x[i]);
            double y = exact.applyAsDouble(x[i]);
            // ND4J's erf and the rational functions of the loops are good to some 1e-6
            double scale = Math.max(Math.abs(y), Math.min(1, Math.abs(x[i])));
            // ND4J's tanh of the smallest numbers is 0
            double tolerance = 4e-6 * scale + 1e-15;
            assertThat(Math.abs(forward[i] - y)).as(what).isLessThanOrEqualTo(tolerance);
            assertThat(Math.abs(beside[i] - y)).as(what).isLessThanOrEqualTo(tolerance);
            assertThat(Math.abs(gradient[i] - slope.applyAsDouble(x[i])))
                .as(what + ", gradient")
                .isLessThanOrEqualTo(4e-6);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void squashingFunctionsAreRightAtAllMagnitudes(Squash squash) {
    atAllMagnitudes(
        (ops, x) -> ops.dynamicActivation(null, squash, x, null, null, null, null),
        exact(squash),
        slope(squash));
  }

  @Test
  void siluIsRightAtAllMagnitudes() {
    atAllMagnitudes(
        (ops, x) -> ops.silu(null, x),
        u -> u / (1 + Math.exp(-u)),
        u -> (1 + u / (1 + Math.exp(u))) / (1 + Math.exp(-u)));
  }

  @Test
  void geluIsRightAtAllMagnitudes() {
    DoubleUnaryOperator phi =
        u -> 0.5 * org.apache.commons.math3.special.Erf.erfc(-u / Math.sqrt(2));
    atAllMagnitudes(
        (ops, x) -> ops.gelu(null, x),
        u -> u * phi.applyAsDouble(u),
        u ->
            phi.applyAsDouble(u)
                + (Math.abs(u) > 1e9 ? 0 : u * Math.exp(-u * u / 2) / Math.sqrt(2 * Math.PI)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-15, 1e15, 1e18})
  void normsOfLargeAndSmallRowsAreRight(double size) {
    agrees(
        (sd, ops, x) -> {
          SDVariable h = x.mul(variable(x, "w", size, 67));
          SDVariable gain = variable(x, "gain", 1, 67);
          SDVariable bias = variable(x, "bias", 1, 67);
          SDVariable layer = ops.layerNorm("layer", h, gain, bias, 1e-5);
          SDVariable rms = ops.rmsNorm("rms", h, gain, 1e-6);
          SDVariable deep = ops.deepNorm("deep", h, x.mul(size), 1.5, gain, bias, 1e-5);
          return sd.math.square(layer.add(rms).add(deep)).mean();
        },
        List.of("layer", "rms", "deep", "loss"),
        5,
        67);
  }
}
