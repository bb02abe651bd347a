package org.normfree.core.model.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.speech.Wav2Vec2Config.Context;
import org.normfree.core.model.speech.Wav2Vec2Config.Dropouts;
import org.normfree.core.model.speech.Wav2Vec2Config.FeatureNorm;
import org.normfree.core.model.speech.Wav2Vec2Config.Losses;
import org.normfree.core.model.speech.Wav2Vec2Config.Order;
import org.normfree.core.model.speech.Wav2Vec2Config.Preset;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Rng;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.SpanMask;
import org.normfree.core.train.CompiledExecutors;
import org.slf4j.LoggerFactory;

class Wav2Vec2Test {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final int BATCH = 3;
  private static final Dropouts ALL = new Dropouts(0.1, 0.2, 0.15, 0.25, 0.3);

  static List<String> methods() {
    return Methods.names();
  }

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  private static Wav2Vec2Config small(Order order, Dropouts dropouts) {
    return small(order, FeatureNorm.METHOD, 2, dropouts);
  }

  private static Wav2Vec2Config small(Order order, FeatureNorm norm, int depth, Dropouts dropouts) {
    return new Wav2Vec2Config(
        211,
        new FeatureEncoderConfig(
            List.of(
                new FeatureEncoderConfig.Layer(6, 7, 5), new FeatureEncoderConfig.Layer(5, 3, 2)),
            FeatureEncoderConfig.Norm.GROUP,
            false),
        new Context(8, depth, 2, 12, 5, 2, order, norm),
        new Wav2Vec2Config.Quantizer(2, 7, 6),
        4,
        new SpanMask(0.5, 3, 2),
        6,
        Losses.PUBLISHED,
        dropouts);
  }

  /** Values of all placeholders, random inputs as training draws them at a step. */
  private static Map<String, INDArray> inputs(Network network, long step) {
    DataType type = network.graph().getVariable(Network.INPUT).dataType();
    Map<String, INDArray> in = new HashMap<>();
    double[] wave = new SplittableRandom(step).doubles(BATCH * 211L, -1, 1).toArray();
    in.put(Network.INPUT, Nd4j.createFromArray(wave).reshape(BATCH, 211).castTo(type));
    in.put(Wav2Vec2.TEMPERATURE, Nd4j.createFromArray(1.5).castTo(type));
    in.put(Network.TARGETS, Nd4j.createFromArray(new int[][] {{1, 2, 2}, {3, 0, 0}, {2, 1, 0}}));
    in.put(Network.LENGTHS, Nd4j.createFromArray(3, 1, 2));
    in.put(Network.FRAMES, Nd4j.createFromArray(20, 11, 20));
    for (RandomInput random : network.randoms()) {
      long[] shape = random.shape().stream().mapToLong(size -> size.among(in)).toArray();
      int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      Distribution distribution = random.distribution();
      IntToDoubleFunction draw = distribution.draw(Rng.of(1, random.name(), step), shape);
      double[] values = IntStream.range(0, length).mapToDouble(draw).toArray();
      DataType drawn = distribution.integers() ? DataType.INT32 : type;
      in.put(random.name(), Nd4j.createFromArray(values).reshape(shape).castTo(drawn));
    }
    in.keySet().removeIf(name -> !network.graph().hasVariable(name));
    return in;
  }

  /** Counted at depth 1 and 2, since layers are alike. */
  @ParameterizedTest
  @CsvSource({"wav2vec2-base, 95044608", "wav2vec2-large, 317380864"})
  void presetsHaveThePublishedNumberOfParameters(String name, long published) {
    Wav2Vec2Config config = Preset.named(name).orElseThrow().of(16_000);
    assertThat(config.frames()).isEqualTo(49);
    assertThat(config.encoder().stride()).isEqualTo(320);
    assertThat(config.encoder().field()).isEqualTo(400);
    long one = parameters(config, 1);
    long layer = parameters(config, 2) - one;
    assertThat(one + (config.context().depth() - 1) * layer).isEqualTo(published);
  }

  private static Wav2Vec2Config withDepth(Wav2Vec2Config config, int depth) {
    Context c = config.context();
    return new Wav2Vec2Config(
        config.samples(),
        config.encoder(),
        new Context(
            c.width(),
            depth,
            c.heads(),
            c.hidden(),
            c.positionKernel(),
            c.positionGroups(),
            c.order(),
            c.featureNorm()),
        config.quantizer(),
        config.finalDim(),
        config.mask(),
        config.negatives(),
        config.objective(),
        config.dropouts());
  }

  private static long parameters(Wav2Vec2Config config, int depth) {
    Network network =
        Scope.outline(
            DataType.FLOAT,
            root -> Wav2Vec2.pretrained(withDepth(config, depth), method("pre-ln"), root));
    return network.parameters().stream().mapToLong(p -> network.array(p.name()).length()).sum();
  }

  /** The repaired patch; one less where the norm of the features is not DyT's. */
  @ParameterizedTest
  @CsvSource({
    "wav2vec2-base, METHOD, 26",
    "wav2vec2-large, METHOD, 50",
    "wav2vec2-base, LAYER_NORM, 25",
    "wav2vec2-large, LAYER_NORM, 49"
  })
  void dyTStandsWhereverThePatchMeansToPutIt(String name, FeatureNorm norm, int layers) {
    Context published = Preset.named(name).orElseThrow().of(16_000).context();
    Network network =
        Wav2Vec2.build(
            small(published.order(), norm, published.depth(), Dropouts.NONE),
            method("dyt"),
            DataType.FLOAT,
            1);
    assertThat(network.parameters()).filteredOn(p -> p.name().endsWith(".alpha")).hasSize(layers);
    long places = network.norms().stream().filter(point -> !point.alpha().isEmpty()).count();
    assertThat(places).isEqualTo(layers);
    assertThat(network.parameters().stream().map(Network.Parameter::name))
        .contains("features.conv0.norm.gain")
        .noneMatch(parameter -> parameter.startsWith("features") && parameter.endsWith("alpha"));
  }

  @Test
  void whatThePublishedPatchLeavesOutChangesTheLoss() {
    Network meant = dyt(FeatureNorm.METHOD);
    Network left = dyt(FeatureNorm.LAYER_NORM);
    assertThat(loss(COMPILED.of(meant), inputs(meant, 1)))
        .isNotCloseTo(loss(COMPILED.of(left), inputs(left, 1)), within(1e-3));
  }

  private static Network dyt(FeatureNorm norm) {
    return Wav2Vec2.build(
        small(Order.POST_NORM, norm, 2, Dropouts.NONE), method("dyt"), DataType.FLOAT, 1);
  }

  private static double loss(GraphExecutor executor, Map<String, INDArray> in) {
    return executor.output(in, List.of(Network.LOSS)).get(Network.LOSS).getDouble(0);
  }

  /** All that is dropped; no whole layers with a method that carries more than the stream. */
  private static Dropouts all(String name) {
    try {
      Scope.outline(
          DataType.FLOAT,
          root -> Wav2Vec2.pretrained(small(Order.PRE_NORM, ALL), method(name), root));
      return ALL;
    } catch (InputException e) {
      assertThat(e).hasMessageContaining("not the one that the branch before it returned");
      return new Dropouts(ALL.input(), ALL.features(), ALL.residual(), ALL.attention(), 0);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodIsPretrainedInBothOrders(String name) {
    for (Order order : Order.values()) {
      Network network = Wav2Vec2.build(small(order, all(name)), method(name), DataType.FLOAT, 1);
      GraphExecutor.Pass pass =
          COMPILED
              .of(network)
              .gradients(inputs(network, 3), List.of(Network.LOSS, Wav2Vec2.LOGITS));
      assertThat(pass.outputs().get(Network.LOSS).getDouble(0)).as(name).isFinite().isPositive();
      assertThat(pass.gradients()).hasSize(network.parameters().size());
      for (String parameter :
          List.of("mask_embedding", "quantizer.entries", "context_projection.weight")) {
        assertThat(pass.gradients().get(parameter).norm2Number().doubleValue())
            .as(name + " " + order + " " + parameter)
            .isPositive()
            .isFinite();
      }
    }
  }

  /** By the recognizer, whose loss has a true gradient everywhere. */
  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodsGradientAgreesWithFiniteDifferences(String name) {
    Order order = name.length() % 2 == 0 ? Order.POST_NORM : Order.PRE_NORM;
    Wav2Vec2Config config = small(order, all(name));
    Losses whole = new Losses(0.1, 0, 0, 1);
    Network network =
        Wav2Vec2.recognizer(
            new Wav2Vec2Config(
                config.samples(),
                config.encoder(),
                config.context(),
                config.quantizer(),
                config.finalDim(),
                config.mask(),
                config.negatives(),
                whole,
                config.dropouts()),
            5,
            true,
            method(name),
            DataType.DOUBLE,
            11);
    Map<String, INDArray> in = inputs(network, 5);
    SplittableRandom random = new SplittableRandom(7);
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      array.addi(direction(random, array).muli(0.2));
    }
    GraphExecutor executor = COMPILED.of(network);
    settle(network, executor, in);
    Map<String, INDArray> gradients = new HashMap<>();
    executor
        .gradients(in, List.of(Network.LOSS))
        .gradients()
        .forEach((parameter, gradient) -> gradients.put(parameter, gradient.dup()));
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      INDArray direction = direction(random, array);
      double h = 1e-6;
      array.addi(direction.mul(h));
      double up = loss(executor, in);
      array.subi(direction.mul(2 * h));
      double down = loss(executor, in);
      array.addi(direction.mul(h));
      double found = gradients.get(parameter.name()).mul(direction).sumNumber().doubleValue();
      assertThat(Math.abs(found - (up - down) / (2 * h)))
          .as(name + " gradient of " + parameter.name())
          .isLessThan(1e-6 * (0.1 + Math.abs(found)));
    }
  }

  private static INDArray direction(SplittableRandom random, INDArray array) {
    return Nd4j.createFromArray(random.doubles(array.length(), -1, 1).toArray())
        .reshape(array.shape());
  }

  /** σReparam's gradient takes u as a constant, which is right where u has settled. */
  private static void settle(Network network, GraphExecutor executor, Map<String, INDArray> in) {
    List<Network.State> states =
        network.states().stream().filter(state -> state.name().endsWith(".u")).toList();
    List<String> next = states.stream().map(state -> state.next().orElseThrow()).toList();
    for (int i = 0; i < 1000 && !states.isEmpty(); i++) {
      Map<String, INDArray> values = executor.output(in, next);
      states.forEach(s -> network.array(s.name()).assign(values.get(s.next().orElseThrow())));
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void thePlanAgreesWithTheSession(Order order) {
    Network network = Wav2Vec2.build(small(order, ALL), method("dyt"), DataType.FLOAT, 1);
    Map<String, INDArray> in = inputs(network, 2);
    List<String> outputs = List.of(Network.LOSS, Wav2Vec2.CONTEXT, Wav2Vec2.PERPLEXITY);
    try (GraphExecutor stock = new StockExecutor(network.graph())) {
      GraphExecutor.Pass expected = stock.gradients(in, outputs);
      GraphExecutor.Pass found = COMPILED.of(network).gradients(in, outputs);
      expected.outputs().forEach((n, value) -> assertClose(n, found.outputs().get(n), value));
      expected.gradients().forEach((n, value) -> assertClose(n, found.gradients().get(n), value));
    }
  }

  private static void assertClose(String name, INDArray found, INDArray expected) {
    double size = Math.max(1e-4, expected.amaxNumber().doubleValue());
    assertThat(found.sub(expected).amaxNumber().doubleValue() / size).as(name).isLessThan(1e-3);
  }

  /** Masks, and what a span covers of them, differ from step to step; plans do not. */
  @Test
  void plansAreNotRebuiltAsMasksChange() {
    Network network =
        Wav2Vec2.build(small(Order.POST_NORM, ALL), method("pre-ln"), DataType.FLOAT, 1);
    Logger logger = (Logger) LoggerFactory.getLogger(CompiledExecutor.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Level before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
    Set<String> masks = new LinkedHashSet<>();
    try {
      GraphExecutor executor = COMPILED.of(network);
      for (int step = 0; step < 12; step++) {
        Map<String, INDArray> in = inputs(network, step);
        masks.add(in.get(Wav2Vec2.MASKED).toString());
        executor.gradients(in, List.of(Network.LOSS));
      }
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
    assertThat(masks).hasSize(12);
    assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
        .filteredOn(line -> line.startsWith("compiled "))
        .hasSize(1);
  }

  @Test
  void anEvaluationDependsNeitherOnTheTemperatureNorOnNoise() {
    Network network =
        Wav2Vec2.build(small(Order.PRE_NORM, ALL), method("pre-ln"), DataType.FLOAT, 1);
    Map<String, INDArray> in = inputs(network, 2);
    for (RandomInput random : network.randoms()) {
      if (random.inEvaluation() == RandomInput.InEvaluation.NEUTRAL) {
        INDArray array = in.get(random.name());
        double neutral = random.distribution().neutral(array.shape()).applyAsDouble(0);
        array.assign(neutral);
      }
    }
    List<String> names = List.of(Network.LOSS, Wav2Vec2.CODE_PERPLEXITY, Wav2Vec2.BITS);
    GraphExecutor executor = COMPILED.of(network);
    Map<String, INDArray> cold = copy(executor.output(in, names));
    in.put(Wav2Vec2.TEMPERATURE, Nd4j.createFromArray(0.1f));
    Map<String, INDArray> warm = executor.output(in, names);
    cold.forEach((name, value) -> assertThat(warm.get(name)).as(name).isEqualTo(value));
    assertThat(cold.get(Wav2Vec2.BITS).getDouble(0)).isBetween(0.5, 2 * Math.log(7) / Math.log(2));
  }

  private static Map<String, INDArray> copy(Map<String, INDArray> values) {
    Map<String, INDArray> copies = new HashMap<>();
    values.forEach((name, value) -> copies.put(name, value.dup()));
    return copies;
  }

  /** A layer that is skipped might as well not be there. */
  @Test
  void layersAreSkippedAsAWhole() {
    Dropouts skipping = new Dropouts(0, 0, 0, 0, 0.5);
    Network network =
        Wav2Vec2.build(small(Order.PRE_NORM, skipping), method("pre-ln"), DataType.FLOAT, 1);
    Map<String, INDArray> in = inputs(network, 1);
    in.put("block0.skipped", Nd4j.createFromArray(new int[] {1}));
    in.put("block1.skipped", Nd4j.createFromArray(new int[] {0}));
    GraphExecutor executor = COMPILED.of(network);
    INDArray before = executor.output(in, List.of(Wav2Vec2.CONTEXT)).get(Wav2Vec2.CONTEXT).dup();
    network.array("block0.ffn.fc2.bias").addi(3);
    assertThat(executor.output(in, List.of(Wav2Vec2.CONTEXT)).get(Wav2Vec2.CONTEXT))
        .isEqualTo(before);
    in.put("block0.skipped", Nd4j.createFromArray(new int[] {0}));
    assertThat(executor.output(in, List.of(Wav2Vec2.CONTEXT)).get(Wav2Vec2.CONTEXT))
        .isNotEqualTo(before);
  }

  @Test
  void featuresAndRecognizerHaveThePretrainedParameters() {
    Wav2Vec2Config config = small(Order.POST_NORM, ALL);
    Network trained = Wav2Vec2.build(config, method("dyt"), DataType.FLOAT, 1);
    Network features = Wav2Vec2.features(config, method("dyt"), DataType.FLOAT, 1);
    Network recognizer = Wav2Vec2.recognizer(config, 5, true, method("dyt"), DataType.FLOAT, 1);
    assertThat(trained.parameters()).containsAll(features.parameters());
    assertThat(recognizer.parameters()).containsAll(features.parameters());
    assertThat(features.randoms()).isEmpty();
    // masks are for training alone
    assertThat(recognizer.randoms()).extracting(RandomInput::name).contains(Wav2Vec2.MASKED);
    assertThat(recognizer.evaluation().randoms())
        .extracting(RandomInput::name)
        .doesNotContain(Wav2Vec2.MASKED);
    INDArray vectors =
        COMPILED
            .of(features)
            .output(inputs(features, 1), List.of(Wav2Vec2.FEATURES))
            .get(Wav2Vec2.FEATURES);
    assertThat(vectors.shape()).containsExactly(BATCH, (2 + 1) * 8);
  }

  /** The first time step's own target is found, the second's is not, the third's cannot be. */
  @Test
  void accuracyAndSameNegativesAreCountedAsInTheOfficialCode() {
    double none = Double.NEGATIVE_INFINITY;
    INDArray logits =
        Nd4j.createFromArray(
            new double[][][] {{{2, 1, none}, {0, 1, -1}, {5, 5, 5}, {3, none, none}}});
    assertThat(share(ContrastiveScore.accuracy("logits"), logits)).isEqualTo(0.5);
    assertThat(share(ContrastiveScore.same("same", "logits"), logits)).isEqualTo(3 / 8.0);
  }

  private static double share(Metric metric, INDArray logits) {
    return metric.share(Map.of("logits", logits), 3).mean();
  }

  @Test
  void initialValuesAreThePublishedOnes() {
    Wav2Vec2Config config = Preset.SMALL.of(8000);
    Network network = Wav2Vec2.build(config, method("pre-ln"), DataType.FLOAT, 1);
    deviation(network, "features.conv1.weight", Math.sqrt(2.0 / (64 * 3)));
    deviation(network, "positions.v", Math.sqrt(4.0 / (32 * 96)));
    deviation(network, "block0.attention.query.weight", 0.02);
    deviation(network, "quantizer.weight", 1);
    deviation(network, "projection.weight", 1 / Math.sqrt(3.0 * 64));
    assertThat(network.array("quantizer.entries").meanNumber().doubleValue())
        .isCloseTo(0.5, within(0.03));
    assertThat(network.array("mask_embedding").minNumber().doubleValue()).isBetween(0.0, 0.2);
    INDArray v = network.array("positions.v");
    assertThat(network.array("positions.g").getDouble(3))
        .isCloseTo(v.get(NDArrayIndex.point(3)).norm2Number().doubleValue(), within(1e-6));
  }

  private static void deviation(Network network, String parameter, double expected) {
    assertThat(network.array(parameter).stdNumber().doubleValue())
        .as(parameter)
        .isCloseTo(expected, within(0.06 * expected));
  }

  @Test
  void whatDoesNotFitIsRefusedInOneLine() {
    refused("waves of 300 samples", () -> Preset.SMALL.of(300));
    refused("a frame sees 400 samples", () -> Preset.BASE.of(3000));
    refused("width=97 is not divisible", () -> context(97, 4, 8));
    refused("position.groups=7", () -> context(96, 4, 7));
    refused("code.dim=5", () -> new Wav2Vec2Config.Quantizer(2, 7, 5));
    refused("drop.layer=1.0", () -> new Dropouts(0, 0, 0, 0, 1));
    refused("contrast.temperature=0.0", () -> new Losses(0, 0, 0, 1));
    refused("a convolution of 0 channels", () -> new FeatureEncoderConfig.Layer(0, 1, 1));
    refused(
        "1 symbols",
        () ->
            Wav2Vec2.recognizer(Preset.TINY.of(4000), 1, false, method("dyt"), DataType.FLOAT, 1));
    assertThat(Preset.names()).contains("wav2vec2-base", "wav2vec2-small");
    assertThat(Preset.named("wav2vec3")).isEmpty();
  }

  private static void context(int width, int heads, int groups) {
    new Context(width, 1, heads, 4, 8, groups, Order.PRE_NORM, FeatureNorm.METHOD);
  }

  private static void refused(String words, Runnable settings) {
    assertThatThrownBy(settings::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }
}
