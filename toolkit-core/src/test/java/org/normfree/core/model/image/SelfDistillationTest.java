package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.DistillationLoss;
import org.normfree.core.model.ProjectionHead;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Scope;

class SelfDistillationTest {
  private static final int IMAGES = 3;
  private static final int LOCALS = 3;
  private static final int OUTPUTS = 5;

  private static SelfDistillationConfig config(double dropPath) {
    return new SelfDistillationConfig(
        new SelfDistillationConfig.Backbone(6, 8, 2, 2, 8, 2, 2, 1.5, dropPath),
        new SelfDistillationConfig.Crops(6, 8, 2, 4),
        new ProjectionHead(2, 7, 4, OUTPUTS, true),
        new DistillationLoss(OUTPUTS, LOCALS, 0.3, 0.9));
  }

  /** One of each way: with statistics, a reparametrization, a scaled residual, or none of these. */
  static List<String> methods() {
    return List.of("pre-ln", "batch-norm", "dyt", "sigma-reparam", "deepnorm");
  }

  private static INDArray random(long seed, long... shape) {
    int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = new SplittableRandom(seed).doubles(length, -1, 1).toArray();
    return Nd4j.createFromArray(values).reshape(shape);
  }

  private static Map<String, INDArray> placeholders(Network network) {
    Map<String, INDArray> values = new HashMap<>();
    values.put(Network.INPUT, random(1, 2 * IMAGES, 6, 8, 2));
    values.put(SelfDistillation.LOCAL_CROPS, random(2, LOCALS * IMAGES, 2, 4, 2));
    INDArray answers = random(3, 2 * IMAGES, OUTPUTS).addi(1.1);
    values.put(SelfDistillation.ANSWER, answers.divColumnVector(answers.sum(true, 1)));
    for (RandomInput noise : network.randoms()) {
      long[] shape = noise.shape().stream().mapToLong(size -> size.among(values)).toArray();
      double[] mask = new double[(int) shape[0]];
      Arrays.setAll(mask, i -> i % 3 == 1 ? 0 : 1.4);
      values.put(noise.name(), Nd4j.createFromArray(mask).reshape(shape));
    }
    values.keySet().removeIf(name -> !network.graph().hasVariable(name));
    return values;
  }

  /** Moves every parameter off its initial value, so that no gradient is zero by construction. */
  private static void perturb(Network network) {
    SplittableRandom random = new SplittableRandom(6);
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      double[] noise = random.doubles(array.length(), -0.2, 0.2).toArray();
      array.addi(Nd4j.createFromArray(noise).reshape(array.shape()));
    }
  }

  private static double loss(GraphExecutor executor, Map<String, INDArray> in) {
    return executor.output(in, List.of(Network.LOSS)).get(Network.LOSS).getDouble(0);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void gradientsAgreeWithFiniteDifferencesOverCropsOfTwoSizes(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    Network network = SelfDistillation.student(config(0.3), method, DataType.DOUBLE, 11);
    Network teacher = SelfDistillation.teacher(config(0.3), method, DataType.DOUBLE, 11);
    assertThat(teacher.parameters()).isEqualTo(network.parameters());
    assertThat(teacher.randoms()).isEmpty();
    perturb(network);
    Map<String, INDArray> in = placeholders(network);
    try (GraphExecutor executor =
        new CompiledExecutor(
            network.graph(),
            new CompilerSettings(
                1, Precision.FLOAT32, Kernels.standard(), network.moving(), false))) {
      settle(network, executor, in);
      List<String> names = network.parameters().stream().map(Network.Parameter::name).toList();
      Map<String, INDArray> gradients =
          network.graph().calculateGradients(in, names.toArray(String[]::new));
      for (String parameter : names) {
        INDArray array = network.array(parameter);
        // a directional derivative checks every element of the parameter at once
        INDArray direction = random(parameter.hashCode(), array.shape());
        double h = 1e-6;
        array.addi(direction.mul(h));
        double up = loss(executor, in);
        array.subi(direction.mul(2 * h));
        double down = loss(executor, in);
        array.addi(direction.mul(h));
        double expected = (up - down) / (2 * h);
        assertThat(gradients.get(parameter).mul(direction).sumNumber().doubleValue())
            .as(parameter)
            .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
      }
    }
  }

  /** σReparam's gradient takes u as a constant, which is right where u has settled. */
  private static void settle(Network network, GraphExecutor executor, Map<String, INDArray> in) {
    List<Network.State> states =
        network.states().stream().filter(state -> state.name().endsWith(".u")).toList();
    for (int i = 0; i < 300 && !states.isEmpty(); i++) {
      List<String> next = states.stream().map(state -> state.next().orElseThrow()).toList();
      Map<String, INDArray> values = executor.output(in, next);
      states.forEach(s -> network.array(s.name()).assign(values.get(s.next().orElseThrow())));
    }
  }

  @Test
  void everyMethodServesStudentAndTeacher() {
    for (String name : Methods.names()) {
      Method method = Methods.create(name, MethodOptions.DEFAULTS);
      Network student = SelfDistillation.student(config(0.3), method, DataType.FLOAT, 11);
      Network teacher = SelfDistillation.teacher(config(0.3), method, DataType.FLOAT, 11);
      assertThat(teacher.parameters()).as(name).isEqualTo(student.parameters());
    }
  }

  @ParameterizedTest
  @CsvSource({"SMALL, 16, 21665664", "BASE, 16, 85798656", "BASE, 8, 85807872"})
  void theBackbonesHaveThePublishedNumbersOfParameters(
      SelfDistillationConfig.Preset preset, int patch, long expected) {
    Network network =
        Scope.outline(
            DataType.FLOAT,
            root ->
                SelfDistillation.declareBackbone(
                    preset.backbone(224, 3, patch, 0.1),
                    Methods.create("pre-ln", MethodOptions.DEFAULTS),
                    root));
    long count =
        network.parameters().stream().mapToLong(p -> network.array(p.name()).length()).sum();
    assertThat(count).isEqualTo(expected);
    assertThat(network.norms()).hasSize(25);
  }

  @Test
  void presetsGoByTheirNames() {
    assertThat(SelfDistillationConfig.Preset.named("dino-tiny"))
        .contains(SelfDistillationConfig.Preset.TINY);
    assertThat(SelfDistillationConfig.Preset.named("vit-tiny")).isEmpty();
  }

  @Test
  void evaluationsTakeWholeImagesAndNeedNoLocalCrops() {
    Network student =
        SelfDistillation.student(
            config(0.3), Methods.create("batch-norm", MethodOptions.DEFAULTS), DataType.DOUBLE, 1);
    Network evaluated = student.evaluation();
    Map<String, INDArray> in = placeholders(evaluated);
    assertThat(in).doesNotContainKey(SelfDistillation.LOCAL_CROPS);
    INDArray losses = evaluated.graph().outputSingle(in, "losses");
    assertThat(losses.shape()).containsExactly(2L * IMAGES);
    assertThat(student.states()).extracting(Network.State::next).allMatch(Optional::isPresent);
  }

  @Test
  void settingsThatDoNotFitAreRefused() {
    refused("local crops of 3×4", () -> crops(new SelfDistillationConfig.Crops(4, 4, 3, 4)));
    refused("global crops of 5×5", () -> crops(SelfDistillationConfig.Crops.square(5, 4)));
    refused("student.temperature=0.0", () -> new DistillationLoss(4, 0, 0, 0.9));
    refused("centre.momentum=1.5", () -> new DistillationLoss(4, 0, 0.1, 1.5));
    refused("crops.local=-1", () -> new DistillationLoss(4, -1, 0.1, 0.9));
    refused("head.layers=0", () -> new ProjectionHead(0, 1, 1, 2, true));
    refused("head.outputs=1", () -> new ProjectionHead(1, 1, 1, 1, true));
  }

  private static void crops(SelfDistillationConfig.Crops crops) {
    new SelfDistillationConfig(
        new SelfDistillationConfig.Backbone(8, 8, 1, 2, 8, 1, 2, 2, 0),
        crops,
        new ProjectionHead(1, 1, 2, 3, true),
        new DistillationLoss(3, 2, 0.1, 0.9));
  }

  private static void refused(String words, Runnable settings) {
    assertThatThrownBy(settings::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }
}
