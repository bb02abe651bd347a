package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.normfree.core.InputException;
import org.normfree.core.train.Bits;

class OptimizerTest {
  /** More elements than a block of the element loop, and no multiple of it. */
  private static final int LENGTH = 5003;

  private static Map<String, INDArray> single(INDArray array) {
    Map<String, INDArray> map = new LinkedHashMap<>();
    map.put("p", array);
    return map;
  }

  private static double element(int i, int salt) {
    return Math.sin(0.37 * i + salt);
  }

  private static INDArray array(DataType type, int salt) {
    double[] values = new double[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = element(i, salt);
    }
    return Nd4j.create(values, new long[] {LENGTH}, type);
  }

  private static double tolerance(DataType type) {
    return type == DataType.FLOAT ? 2e-6 : 1e-14;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void lambStepsAsFarAsTheParameterIsLong(DataType type) {
    INDArray p = array(type, 0);
    Lamb lamb =
        new Lamb(single(p), List.of(new ParameterGroup(List.of("p"), 0.1, 2)), 0.8, 0.95, 1e-3);
    double[] expected = new double[LENGTH];
    double[] m = new double[LENGTH];
    double[] v = new double[LENGTH];
    double[] r = new double[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      expected[i] = element(i, 0);
    }
    for (int t = 1; t <= 4; t++) {
      lamb.step(0.01, single(array(type, t)));
      double size = 0;
      double length = 0;
      for (int i = 0; i < LENGTH; i++) {
        double g = element(i, t);
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.95 * v[i] + 0.05 * g * g;
        double mHat = m[i] / (1 - Math.pow(0.8, t));
        double vHat = v[i] / (1 - Math.pow(0.95, t));
        r[i] = mHat / (Math.sqrt(vHat) + 1e-3) + 0.1 * expected[i];
        size += expected[i] * expected[i];
        length += r[i] * r[i];
      }
      for (int i = 0; i < LENGTH; i++) {
        expected[i] -= 0.02 * Math.sqrt(size / length) * r[i];
      }
    }
    assertThat(p.castTo(DataType.DOUBLE).toDoubleVector())
        .containsExactly(expected, within(tolerance(type)));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void larsMovesAMatrixByAShareOfItsLengthAndAVectorByItsGradient(DataType type) {
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    parameters.put("matrix", array(type, 0).reshape(LENGTH, 1));
    parameters.put("vector", array(type, 1));
    Lars lars =
        new Lars(
            parameters,
            List.of(
                new ParameterGroup(List.of("matrix"), 0.1, 2),
                new ParameterGroup(List.of("vector"), 0, 1)),
            0.8,
            0.01);
    double[][] expected = new double[2][LENGTH];
    double[][] v = new double[2][LENGTH];
    double[] r = new double[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      expected[0][i] = element(i, 0);
      expected[1][i] = element(i, 1);
    }
    for (int t = 2; t <= 5; t++) {
      Map<String, INDArray> gradients = new LinkedHashMap<>();
      gradients.put("matrix", array(type, t).reshape(LENGTH, 1));
      gradients.put("vector", array(type, t));
      lars.step(0.05, gradients);
      double size = 0;
      double length = 0;
      for (int i = 0; i < LENGTH; i++) {
        r[i] = element(i, t) + 0.1 * expected[0][i];
        size += expected[0][i] * expected[0][i];
        length += r[i] * r[i];
      }
      for (int i = 0; i < LENGTH; i++) {
        v[0][i] = 0.8 * v[0][i] + 0.01 * Math.sqrt(size / length) * r[i];
        expected[0][i] -= 0.1 * v[0][i];
        v[1][i] = 0.8 * v[1][i] + element(i, t);
        expected[1][i] -= 0.05 * v[1][i];
      }
    }
    assertThat(parameters.get("matrix").castTo(DataType.DOUBLE).reshape(LENGTH).toDoubleVector())
        .containsExactly(expected[0], within(tolerance(type)));
    assertThat(parameters.get("vector").castTo(DataType.DOUBLE).toDoubleVector())
        .containsExactly(expected[1], within(tolerance(type)));
    assertThat(lars.state()).containsKeys("momentum_buffer.matrix", "step");
  }

  @Test
  void larsMovesAMatrixOfZerosByItsGradientAndRefusesNoTrust() {
    INDArray p = Nd4j.zeros(DataType.DOUBLE, 1, 3);
    List<ParameterGroup> groups = List.of(new ParameterGroup(List.of("p"), 0, 1));
    Lars lars = new Lars(single(p), groups, 0.9, Lars.TRUST);
    lars.step(0.5, single(Nd4j.createFromArray(new double[][] {{1, -2, 4}})));
    assertThat(p.toDoubleVector()).containsExactly(-0.5, 1, -2);
    assertThatThrownBy(() -> new Lars(single(p), groups, 0.9, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("trust");
  }

  @Test
  void theRateFallsFromLayerToLayerAwayFromTheHead() {
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    for (String name : List.of("0.bias", "0.weight", "1.weight", "3.weight", "3.bias")) {
      parameters.put(name, Nd4j.ones(DataType.DOUBLE, name.endsWith("bias") ? 2 : 1, 2));
    }
    parameters.replaceAll((name, a) -> name.endsWith("bias") ? a.reshape(4) : a);
    List<ParameterGroup> groups =
        ParameterGroup.layerDecay(
            ParameterGroup.byRank(parameters, 0.3, false), 0.5, 3, name -> name.charAt(0) - '0');
    Map<String, INDArray> ones = new LinkedHashMap<>();
    parameters.forEach((name, array) -> ones.put(name, array.dup()));
    new Sgd(parameters, groups, 0).step(0.1, ones);
    // 1 − 0.1·0.5^(3 − layer)·(1 + λ)
    assertThat(parameters.get("3.bias").getDouble(0)).isCloseTo(0.9, within(1e-15));
    assertThat(parameters.get("3.weight").getDouble(0)).isCloseTo(0.87, within(1e-15));
    assertThat(parameters.get("1.weight").getDouble(0)).isCloseTo(0.9675, within(1e-15));
    assertThat(parameters.get("0.weight").getDouble(0)).isCloseTo(0.98375, within(1e-15));
    assertThat(parameters.get("0.bias").getDouble(0)).isCloseTo(0.9875, within(1e-15));
    assertThatThrownBy(() -> ParameterGroup.layerDecay(groups, 1.5, 3, name -> 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("1.5");
  }

  @Test
  void lambMovesAParameterOfZeros() {
    INDArray p = Nd4j.zeros(DataType.DOUBLE, 3);
    Lamb lamb =
        new Lamb(single(p), List.of(new ParameterGroup(List.of("p"), 0, 1)), 0.9, 0.999, 1e-6);
    lamb.step(0.5, single(Nd4j.createFromArray(1.0, -2.0, 4.0)));
    assertThat(p.toDoubleVector()).containsExactly(new double[] {-0.5, 0.5, -0.5}, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void adamWFollowsItsFormula(DataType type) {
    INDArray p = array(type, 0);
    AdamW adam =
        new AdamW(single(p), List.of(new ParameterGroup(List.of("p"), 0.1, 2)), 0.8, 0.95, 1e-3);
    double[] expected = new double[LENGTH];
    double[] m = new double[LENGTH];
    double[] v = new double[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      expected[i] = element(i, 0);
    }
    for (int t = 1; t <= 4; t++) {
      adam.step(0.01, single(array(type, t)));
      for (int i = 0; i < LENGTH; i++) {
        double g = element(i, t);
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.95 * v[i] + 0.05 * g * g;
        double mHat = m[i] / (1 - Math.pow(0.8, t));
        double vHat = v[i] / (1 - Math.pow(0.95, t));
        expected[i] *= 1 - 0.02 * 0.1;
        expected[i] -= 0.02 * mHat / (Math.sqrt(vHat) + 1e-3);
      }
    }
    assertThat(p.toDoubleVector()).containsExactly(expected, within(tolerance(type)));
  }

  @Test
  void adamWOnAHandComputedCase() {
    INDArray p = Nd4j.createFromArray(1.0, -2.0);
    AdamW adam = new AdamW(single(p), List.of(new ParameterGroup(List.of("p"), 0.5, 1)));
    // the first step is decay and then the rate itself: 1·0.95 − 0.1, −2·0.95 + 0.1
    adam.step(0.1, single(p.mul(2)));
    assertThat(p.toDoubleVector()).containsExactly(new double[] {0.85, -1.8}, within(1e-8));
    // m = 0.9·0.2 + 0.1·1.7 = 0.35, v = 0.999·0.004 + 0.001·1.7² = 0.006886;
    // m̂ = 0.35/0.19, v̂ = 0.006886/0.001999, so p = 0.85·0.95 − 0.1·1.8421053/1.8559960
    adam.step(0.1, single(p.mul(2)));
    assertThat(p.getDouble(0)).isCloseTo(0.8075 - 0.0992516, within(1e-6));
  }

  @Test
  void adamWWithoutDecayIsDl4jsAdam() {
    INDArray p = array(DataType.DOUBLE, 0);
    INDArray other = p.dup();
    AdamW adam = new AdamW(single(p), List.of(new ParameterGroup(List.of("p"), 0, 1)));
    AdamUpdater updater =
        (AdamUpdater) new Adam(0.01).instantiate(Nd4j.zeros(DataType.DOUBLE, 1, 2 * LENGTH), true);
    for (int t = 0; t < 30; t++) {
      INDArray gradient = array(DataType.DOUBLE, t);
      adam.step(0.01, single(gradient));
      INDArray update = gradient.dup().reshape(1, LENGTH);
      updater.applyUpdater(update, t, 0);
      other.subi(update.reshape(LENGTH));
    }
    // theirs has ε inside the bias correction, a difference of the order of ε
    assertThat(p.toDoubleVector()).containsExactly(other.toDoubleVector(), within(1e-4));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void sgdFollowsItsFormula(DataType type) {
    INDArray p = array(type, 0);
    Sgd sgd = new Sgd(single(p), List.of(new ParameterGroup(List.of("p"), 0.2, 1)), 0.9);
    double[] expected = new double[LENGTH];
    double[] b = new double[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      expected[i] = element(i, 0);
    }
    for (int t = 1; t <= 4; t++) {
      sgd.step(0.1, single(array(type, t)));
      for (int i = 0; i < LENGTH; i++) {
        b[i] = 0.9 * b[i] + element(i, t) + 0.2 * expected[i];
        expected[i] -= 0.1 * b[i];
      }
    }
    assertThat(p.toDoubleVector()).containsExactly(expected, within(tolerance(type)));
  }

  @Test
  void gradientsAreTakenInRowMajorOrderWhateverTheirLayout() {
    INDArray gradient = Nd4j.create(new float[] {1, 2, 3, 4, 5, 6}, new long[] {2, 3}, 'c');
    for (INDArray g :
        List.of(gradient, gradient.dup('f'), gradient.dup('f').transpose().dup('c').transpose())) {
      INDArray p = Nd4j.zeros(DataType.FLOAT, 2, 3);
      new Sgd(single(p), List.of(new ParameterGroup(List.of("p"), 0, 1)), 0).step(1, single(g));
      assertThat(Bits.of(p)).isEqualTo(Bits.of(gradient.neg()));
    }
    INDArray columnMajor = Nd4j.create(DataType.FLOAT, new long[] {2, 3}, 'f');
    new Sgd(single(columnMajor), List.of(new ParameterGroup(List.of("p"), 0, 1)), 0)
        .step(1, single(gradient));
    assertThat(Bits.of(columnMajor)).isEqualTo(Bits.of(gradient.neg()));
  }

  @Test
  void minimizesAQuadratic() {
    for (boolean adam : new boolean[] {true, false}) {
      INDArray p = Nd4j.createFromArray(3f, -2f, 0.5f);
      INDArray target = Nd4j.createFromArray(1f, 2f, -1f);
      List<ParameterGroup> groups = List.of(new ParameterGroup(List.of("p"), 0, 1));
      Optimizer optimizer = adam ? new AdamW(single(p), groups) : new Sgd(single(p), groups, 0.9);
      Schedule schedule = new WarmupCosine(adam ? 0.1 : 0.05, 0, 10, 400);
      for (int s = 0; s < 400; s++) {
        optimizer.step(schedule.rate(s), single(p.sub(target).mul(2)));
      }
      assertThat(p.distance2(target)).isLessThan(1e-3);
    }
  }

  @Test
  void whatAnArchitectureExemptsNeverDecays() {
    List<ParameterGroup> groups =
        List.of(
            new ParameterGroup(List.of("weight", "table"), 0.1, 0.5),
            new ParameterGroup(List.of("gain"), 0, 1));
    assertThat(ParameterGroup.exempting(groups, Set.of("table", "gain")))
        .containsExactly(
            new ParameterGroup(List.of("weight"), 0.1, 0.5),
            new ParameterGroup(List.of("table"), 0, 0.5),
            new ParameterGroup(List.of("gain"), 0, 1));
    assertThat(ParameterGroup.exempting(groups, Set.of())).isEqualTo(groups);
  }

  @Test
  void decayExemptsParametersOfRankOneUnlessTold() {
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    parameters.put("weight", Nd4j.ones(2, 2));
    parameters.put("gain", Nd4j.ones(2));
    parameters.put("alpha", Nd4j.ones(1));
    assertThat(ParameterGroup.byRank(parameters, 0.05, false))
        .containsExactly(
            new ParameterGroup(List.of("weight"), 0.05, 1),
            new ParameterGroup(List.of("gain", "alpha"), 0, 1));
    assertThat(ParameterGroup.byRank(parameters, 0.05, true))
        .containsExactly(new ParameterGroup(List.of("weight", "gain", "alpha"), 0.05, 1));
    AdamW adam = new AdamW(parameters, ParameterGroup.byRank(parameters, 0.5, false));
    Map<String, INDArray> zero = new LinkedHashMap<>();
    parameters.forEach((name, array) -> zero.put(name, Nd4j.zerosLike(array)));
    adam.step(0.1, zero);
    assertThat(parameters.get("weight").getDouble(0)).isEqualTo(0.95, within(1e-6));
    assertThat(parameters.get("gain").getDouble(0)).isEqualTo(1);
  }

  @Test
  void aRestoredOptimizerGoesOnBitForBit() {
    for (boolean adam : new boolean[] {true, false}) {
      INDArray whole = array(DataType.FLOAT, 0);
      List<ParameterGroup> groups = List.of(new ParameterGroup(List.of("p"), 0.1, 1));
      Optimizer one = adam ? new AdamW(single(whole), groups) : new Sgd(single(whole), groups, 0.9);
      one.step(0.1, single(array(DataType.FLOAT, 1)));
      INDArray resumed = whole.dup();
      Optimizer two =
          adam ? new AdamW(single(resumed), groups) : new Sgd(single(resumed), groups, 0.9);
      two.restore(one.state());
      one.step(0.1, single(array(DataType.FLOAT, 2)));
      two.step(0.1, single(array(DataType.FLOAT, 2)));
      assertThat(resumed.toFloatVector()).containsExactly(whole.toFloatVector());
      assertThat(Bits.of(two.state())).isEqualTo(Bits.of(one.state()));
    }
  }

  @Test
  void stateOfAnotherOptimizerIsRefused() {
    INDArray p = array(DataType.FLOAT, 0);
    List<ParameterGroup> groups = List.of(new ParameterGroup(List.of("p"), 0, 1));
    Sgd sgd = new Sgd(single(p), groups, 0.9);
    assertThatThrownBy(() -> new AdamW(single(p), groups).restore(sgd.state()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("exp_avg.p")
        .hasMessageContaining("momentum_buffer.p");
    Sgd shorter = new Sgd(single(Nd4j.zeros(3)), groups, 0.9);
    assertThatThrownBy(() -> shorter.restore(sgd.state()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("[5003]")
        .hasMessageContaining("[3]");
  }

  @Test
  void wrongSettingsAreRefused() {
    INDArray p = Nd4j.zeros(3);
    List<ParameterGroup> groups = List.of(new ParameterGroup(List.of("p"), 0, 1));
    assertThatThrownBy(() -> new ParameterGroup(List.of(), -0.1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("-0.1");
    assertThatThrownBy(() -> new Sgd(single(p), groups, 1)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new AdamW(single(p), groups, 0.9, 1.5, 1e-8))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new AdamW(single(p), groups, 0.9, 0.99, 0))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new Sgd(single(p), List.of(groups.get(0), groups.get(0)), 0.9))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void decayMayChangeFromStepToStep() {
    INDArray scheduled = Nd4j.createFromArray(2.0, -1.0);
    INDArray byHand = scheduled.dup();
    Schedule decay = step -> 0.1 * (step + 1);
    AdamW adam =
        new AdamW(single(scheduled), List.of(new ParameterGroup(List.of("p"), decay, 3, 0)));
    INDArray zero = Nd4j.zeros(DataType.DOUBLE, 2);
    for (int step = 0; step < 4; step++) {
      adam.step(0.5, single(zero));
      byHand.muli(1 - 0.5 * 3 * 0.1 * (step + 1));
    }
    assertThat(scheduled.toDoubleVector()).containsExactly(byHand.toDoubleVector(), within(1e-15));
    AdamW negative =
        new AdamW(single(zero), List.of(new ParameterGroup(List.of("p"), step -> -1, 1, 0)));
    assertThatThrownBy(() -> negative.step(1, single(zero)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("step 0");
  }

  @Test
  void whatIsFrozenNeitherMovesNorDecaysAndBeginsLikeNew() {
    INDArray late = array(DataType.DOUBLE, 0);
    INDArray start = late.dup();
    INDArray fresh = late.dup();
    Map<String, INDArray> both = new LinkedHashMap<>();
    both.put("late", late);
    both.put("p", array(DataType.DOUBLE, 7));
    List<ParameterGroup> groups =
        ParameterGroup.freezing(
            List.of(new ParameterGroup(List.of("late", "p"), 0.1, 1)), Set.of("late"), 3);
    assertThat(groups)
        .containsExactly(
            new ParameterGroup(List.of("p"), new Constant(0.1), 1, 0),
            new ParameterGroup(List.of("late"), new Constant(0.1), 1, 3));
    AdamW adam = new AdamW(both, groups);
    AdamW unfrozen = new AdamW(single(fresh), List.of(new ParameterGroup(List.of("p"), 0.1, 1)));
    for (int step = 0; step < 6; step++) {
      INDArray gradient = array(DataType.DOUBLE, step);
      if (step == 2) {
        // the count goes on where a checkpoint left it
        Map<String, INDArray> saved = adam.state();
        adam = new AdamW(both, groups);
        adam.restore(saved);
      }
      adam.step(0.01, Map.of("late", gradient, "p", gradient));
      if (step < 3) {
        assertThat(late).isEqualTo(start);
      } else {
        unfrozen.step(0.01, single(gradient));
        assertThat(Bits.of(late)).isEqualTo(Bits.of(fresh));
      }
    }
    assertThat(late).isNotEqualTo(start);
  }
}
