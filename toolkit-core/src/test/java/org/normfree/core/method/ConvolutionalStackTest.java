package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/** Every method builds a network of convolutions, or says why it cannot. */
class ConvolutionalStackTest {
  /** Those of which the pages say that they are for Transformers only. */
  private static final Set<String> TRANSFORMERS_ONLY =
      Set.of(
          "post-ln",
          "ds-init",
          "post-ln-init",
          "deepnorm",
          "deepnorm-adam",
          "deepnorm-lamb",
          "admin",
          "t-fixup",
          "peri-ln",
          "lns",
          "mix-ln",
          "keel",
          "span-norm",
          "siamese-norm",
          "block-attn-res",
          "hyper-connections",
          "hyper-connections-4");

  private static final int BATCH = 3;

  static List<String> serving() {
    return Methods.names().stream().filter(name -> !TRANSFORMERS_ONLY.contains(name)).toList();
  }

  static Set<String> refusing() {
    return TRANSFORMERS_ONLY;
  }

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  private static Network build(String name, DataType type) {
    return SmallResNet.build(method(name), type, 11);
  }

  private static Map<String, INDArray> placeholders(DataType type) {
    SplittableRandom random = new SplittableRandom(5);
    INDArray images =
        SmallResNet.random(
            random, 1, BATCH, SmallResNet.HEIGHT, SmallResNet.WIDTH, SmallResNet.CHANNELS);
    Map<String, INDArray> values = new HashMap<>();
    values.put(SmallResNet.INPUT, images.castTo(type));
    double[][] labels = {{0.9, 0.05, 0.05, 0}, {0.2, 0.3, 0.25, 0.25}, {0, 1, 0, 0}};
    values.put(SmallResNet.LABELS, Nd4j.createFromArray(labels).castTo(type));
    return values;
  }

  /** Lets σReparam's u settle, where the gradient that takes it as a constant is the true one. */
  private static void settleStates(Network network, GraphExecutor executor) {
    List<String> next = network.states().stream().map(s -> s.next().orElseThrow()).toList();
    boolean moving = !next.isEmpty();
    for (int i = 0; i < 1000 && moving; i++) {
      Map<String, INDArray> values = executor.output(placeholders(DataType.DOUBLE), next);
      moving = false;
      for (Network.State state : network.states()) {
        INDArray now = values.get(state.next().orElseThrow());
        INDArray before = network.array(state.name());
        moving |= now.sub(before).amaxNumber().doubleValue() > 1e-14;
        before.assign(now);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("serving")
  void gradientsAgreeWithFiniteDifferences(String name) {
    Network network = build(name, DataType.DOUBLE);
    SmallResNet.perturb(network);
    SameDiff sd = network.graph();
    try (GraphExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(1))) {
      settleStates(network, executor);
      Map<String, INDArray> in = placeholders(DataType.DOUBLE);
      List<String> names = SmallResNet.names(network);
      Map<String, INDArray> gradients = sd.calculateGradients(in, names.toArray(String[]::new));
      SplittableRandom random = new SplittableRandom(7);
      for (String parameter : names) {
        INDArray array = network.array(parameter);
        INDArray direction = SmallResNet.random(random, 1, array.shape());
        double h = 1e-6;
        array.addi(direction.mul(h));
        double up = loss(executor, in);
        array.subi(direction.mul(2 * h));
        double down = loss(executor, in);
        array.addi(direction.mul(h));
        double analytic = gradients.get(parameter).mul(direction).sumNumber().doubleValue();
        assertThat(Math.abs(analytic - (up - down) / (2 * h)))
            .as(name + " gradient of " + parameter)
            .isLessThan(1e-6 * (0.01 + Math.abs(analytic)));
      }
    }
  }

  private static double loss(GraphExecutor executor, Map<String, INDArray> in) {
    return executor.output(in, List.of(SmallResNet.LOSS)).get(SmallResNet.LOSS).getDouble(0);
  }

  @ParameterizedTest
  @MethodSource("serving")
  void theCompiledPlanAgreesWithTheSession(String name) {
    Network narrow = build(name, DataType.FLOAT);
    Network wide = build(name, DataType.DOUBLE);
    SmallResNet.perturb(narrow);
    SmallResNet.perturb(wide);
    try (GraphExecutor compiled = new CompiledExecutor(narrow.graph(), CompilerSettings.of(2));
        GraphExecutor stock = new StockExecutor(wide.graph())) {
      for (int call = 0; call < 2; call++) {
        List<String> loss = List.of(SmallResNet.LOSS);
        GraphExecutor.Pass actual = compiled.gradients(placeholders(DataType.FLOAT), loss);
        GraphExecutor.Pass expected = stock.gradients(placeholders(DataType.DOUBLE), loss);
        close("loss", actual.outputs(), expected.outputs(), SmallResNet.LOSS);
        for (String parameter : SmallResNet.names(narrow)) {
          close(name, actual.gradients(), expected.gradients(), parameter);
        }
      }
    }
  }

  private static void close(
      String what, Map<String, INDArray> actual, Map<String, INDArray> expected, String name) {
    INDArray reference = expected.get(name);
    double scale = Math.max(reference.amaxNumber().doubleValue(), 1e-3);
    INDArray difference = actual.get(name).castTo(DataType.DOUBLE).sub(reference);
    assertThat(difference.amaxNumber().doubleValue() / scale)
        .as(what + ": " + name)
        .isLessThan(2e-4);
  }

  @ParameterizedTest
  @MethodSource("refusing")
  void aMethodForTransformersSaysWhyItRefuses(String name) {
    assertThatThrownBy(() -> build(name, DataType.FLOAT))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method " + name, "a stack of convolutions: it");
  }

  /** A branch is refused as well, projected or not, whoever asks first. */
  @ParameterizedTest
  @MethodSource("refusing")
  void aMethodForTransformersRefusesBranchesOfConvolutions(String name) {
    Branch branch =
        new Branch(Branch.Kind.CONVOLUTION, 0, SmallGraph.WIDTH, Stack.convolutional(2, 2));
    SmallGraph graph = new SmallGraph();
    assertThatThrownBy(
            () -> method(name).residual(graph.scope("block0"), branch, graph.x(), x -> x))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method " + name, "stack of convolutions");
    assertThatThrownBy(
            () ->
                method(name)
                    .residual(graph.scope("block0"), branch, graph.x(), graph.x().mul(2), x -> x))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method " + name, "block0", "projected shortcut");
  }

  /** The convolutions before a Transformer's first layer are not its branches. */
  @ParameterizedTest
  @MethodSource("org.normfree.core.method.Methods#names")
  void everyMethodServesTheConvolutionsBeforeATransformer(String name) {
    SmallGraph graph = new SmallGraph();
    Scope scope = graph.scope("features");
    ConvolutionTerms terms = ConvolutionTerms.sequence(2).causal();
    WeightRole role = new WeightRole(WeightRole.Kind.STEM, Stack.encoderOnly(3));
    var y = method(name).convolution(scope, role, graph.x(), terms, SmallGraph.WIDTH, 6);
    y = method(name).normalize(scope.child("norm"), new NormSite(NormSite.Kind.STEM, 6), y);
    assertThat(y.eval().shape()).containsExactly(2, 3, 6);
  }

  /** Batch statistics in training, running ones in evaluation, over the same parameters. */
  @Test
  void batchNormEvaluatesWithRunningStatistics() {
    Network network = build("batch-norm", DataType.DOUBLE);
    SmallResNet.perturb(network);
    Map<String, INDArray> in = placeholders(DataType.DOUBLE);
    double training = network.graph().outputSingle(in, SmallResNet.LOSS).getDouble(0);
    SameDiff evaluation = network.evaluation().graph();
    assertThat(evaluation).isNotSameAs(network.graph());
    double before = evaluation.outputSingle(in, SmallResNet.LOSS).getDouble(0);
    try (GraphExecutor executor = new StockExecutor(network.graph())) {
      settleStates(network, executor);
    }
    double after = evaluation.outputSingle(in, SmallResNet.LOSS).getDouble(0);
    assertThat(before).isNotCloseTo(training, within(1e-6));
    assertThat(after).isNotCloseTo(before, within(1e-6));
    // the statistics of this one batch, but for the variance being unbiased
    INDArray x = network.graph().outputSingle(in, "stem.output").dup().reshape(-1, 5);
    assertThat(x.mean(0).sub(network.array("stem_norm.mean")).amaxNumber().doubleValue())
        .isLessThan(1e-12);
    assertThat(x.var(true, 0).sub(network.array("stem_norm.variance")).amaxNumber().doubleValue())
        .isLessThan(1e-12);
  }

  @Test
  void batchNormRefusesDecoders() {
    Branch branch = new Branch(Branch.Kind.ATTENTION, 0, SmallGraph.WIDTH, Stack.decoderOnly(2));
    SmallGraph graph = new SmallGraph();
    assertThatThrownBy(
            () -> method("batch-norm").residual(graph.scope("block0"), branch, graph.x(), x -> x))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method batch-norm", "decoder");
  }

  @Test
  void dytStandsWhereEachNormStood() {
    Network dyt = build("dyt", DataType.FLOAT);
    assertThat(dyt.norms().stream().map(Network.NormPoint::name))
        .containsExactly(
            "stem_norm",
            "block0.branch.first_norm",
            "block0.branch.last_norm",
            "block1.shortcut_norm",
            "block1.branch.first_norm",
            "block1.branch.last_norm",
            "block2.branch.first_norm",
            "down_norm",
            "norm");
    assertThat(dyt.norms()).allSatisfy(norm -> assertThat(norm.alpha()).endsWith(".alpha"));
  }

  @Test
  void fixupFollowsItsRuleForConvolutions() {
    Network network = build("fixup", DataType.DOUBLE);
    assertThat(SmallResNet.names(network))
        .filteredOn(name -> name.startsWith("block1."))
        .containsExactlyInAnyOrder(
            "block1.shortcut.shift_before",
            "block1.shortcut.weight",
            "block1.branch.shift",
            "block1.branch.first.weight",
            "block1.branch.first_norm.shift",
            "block1.branch.last.shift_before",
            "block1.branch.last.weight",
            "block1.branch.last_norm.shift",
            "block1.branch.scale",
            "block1.branch.shift_behind");
    for (String last : List.of("block0.branch.last", "block2.branch.last", "head")) {
      assertThat(network.array(last + ".weight").amaxNumber().doubleValue()).isZero();
    }
    // L = 3 branches of m = 2 weights: L^(−1/2)
    double usual =
        build("skipinit", DataType.DOUBLE).array("block0.branch.first.weight").getDouble(1);
    double scaled = network.array("block0.branch.first.weight").getDouble(1);
    assertThat(scaled / usual).isCloseTo(Math.pow(3, -0.5), within(1e-12));
    double stem = build("skipinit", DataType.DOUBLE).array("stem.weight").getDouble(1);
    assertThat(network.array("stem.weight").getDouble(1)).isEqualTo(stem);
  }

  @Test
  void fixupKnowsTheNumberOfWeightsOfABottleneck() {
    WeightRole role =
        new WeightRole(WeightRole.Kind.CONVOLUTION, Stack.convolutional(16, 3), 0, false);
    WeightRole one =
        new WeightRole(WeightRole.Kind.CONVOLUTION, Stack.convolutional(1, 3), 0, false);
    double deep =
        method("fixup").weight(new SmallGraph().scope("a"), role, 3, 3, 2, 2).getArr().getDouble(0);
    double shallow =
        method("fixup").weight(new SmallGraph().scope("a"), one, 3, 3, 2, 2).getArr().getDouble(0);
    assertThat(deep / shallow).isCloseTo(0.5, within(1e-12));
    WeightRole lone =
        new WeightRole(WeightRole.Kind.CONVOLUTION, Stack.convolutional(16, 1), 0, false);
    assertThatThrownBy(() -> method("fixup").weight(new SmallGraph().scope("a"), lone, 3, 3, 2, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a residual branch of 1 weights");
  }

  /** σReparam's network begins with every matrix as it was drawn. */
  @Test
  void sigmaReparamTakesAConvolutionsWeightsAsAMatrix() {
    SmallGraph graph = new SmallGraph();
    WeightRole role = new WeightRole(WeightRole.Kind.CONVOLUTION_IN, Stack.convolutional(2, 2));
    var hat = method("sigma-reparam").weight(graph.scope("a"), role, 3, 3, 5, 7);
    INDArray drawn = graph.network().array("a.weight");
    assertThat(hat.eval().shape()).containsExactly(3, 3, 5, 7);
    assertThat(hat.eval().sub(drawn).amaxNumber().doubleValue()).isLessThan(1e-10);
    assertThat(graph.values("a.u")).hasSize(45);
  }
}
