package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

class MaskedStepsTest {
  private static final int LENGTH = 20_001;

  private static Map<String, INDArray> map(INDArray array) {
    Map<String, INDArray> map = new LinkedHashMap<>();
    map.put("p", array);
    return map;
  }

  private static List<ParameterGroup> groups(double decay) {
    return List.of(new ParameterGroup(List.of("p"), decay, 1));
  }

  private static INDArray gradient(double mu, double sigma, long step) {
    Rng rng = Rng.of(9, "gradient", step);
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = (float) (mu + sigma * rng.gaussian());
    }
    return Nd4j.createFromArray(values);
  }

  /** Mean and root mean square of Adam's steps with masked gradients, simulated. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.7, 1})
  void underAdamTheMeanStepIsTheRootOfTheShareAndNoiseKeepsItsSize(double kept) {
    for (double[] moments : new double[][] {{1, 0.5}, {0.5, 1}, {1, 0}}) {
      INDArray p = Nd4j.zeros(DataType.FLOAT, LENGTH);
      Optimizer adam = new AdamW(map(p), groups(0), 0.9, 0.999, 1e-12);
      Optimizer masked = MaskedSteps.randomGradients(adam, kept, 4);
      MaskMoments expected = new MaskMoments(moments[0], moments[1], kept);
      int settling = 300;
      for (int t = 0; t < settling; t++) {
        masked.step(0, map(gradient(moments[0], moments[1], t)));
      }
      p.assign(0);
      masked.step(1, map(gradient(moments[0], moments[1], settling)));
      double mean = -p.meanNumber().doubleValue();
      double rms = p.norm2Number().doubleValue() / Math.sqrt(LENGTH);
      // β₂ is not 1, so averages of squares still fluctuate
      assertThat(mean).isCloseTo(expected.adamMeanStep(), within(0.02));
      assertThat(rms).isCloseTo(expected.adamRmsStep(0.9), within(0.02));
    }
  }

  @Test
  void aShareOfTheGradientIsKeptAndItsMeanStays() {
    INDArray p = Nd4j.zeros(DataType.FLOAT, LENGTH);
    Optimizer sgd = new Sgd(map(p), groups(0), 0);
    MaskedSteps.randomGradients(sgd, 0.3, 4).step(1, map(Nd4j.ones(DataType.FLOAT, LENGTH)));
    assertThat(p.neq(0).castTo(DataType.FLOAT).meanNumber().doubleValue())
        .isCloseTo(0.3, within(0.01));
    assertThat(p.meanNumber().doubleValue()).isCloseTo(-1, within(0.04));
  }

  @Test
  void updatesAreMaskedBehindTheOptimizer() {
    INDArray start = gradient(0, 1, 77);
    INDArray p = start.dup();
    Optimizer adam = new AdamW(map(p), groups(0));
    MaskedSteps.randomUpdates(adam, map(p), 0.25, 4)
        .step(0.1, map(Nd4j.ones(DataType.FLOAT, LENGTH)));
    INDArray moved = p.sub(start);
    assertThat(moved.neq(0).castTo(DataType.FLOAT).meanNumber().doubleValue())
        .isCloseTo(0.25, within(0.01));
    // Adam's first step is the rate; divided by p
    assertThat(moved.minNumber().doubleValue()).isCloseTo(-0.4, within(1e-3));
  }

  /** As in the official code: what a mask leaves out still decays. */
  @Test
  void fixedMasksLeaveOutTheGradientAndNotTheDecay() {
    INDArray p = Nd4j.ones(DataType.FLOAT, 4);
    Optimizer adam = new AdamW(map(p), groups(0.5));
    INDArray mask = Nd4j.createFromArray(1f, 0f, 1f, 0f);
    Optimizer masked = MaskedSteps.fixedGradients(adam, map(mask));
    masked.step(0.1, map(Nd4j.ones(DataType.FLOAT, 4)));
    assertThat(p.toFloatVector())
        .containsExactly(new float[] {0.85f, 0.95f, 0.85f, 0.95f}, within(1e-6f));
  }

  @Test
  void aRestoredRunDrawsTheMasksItWouldHaveDrawn() {
    INDArray whole = Nd4j.zeros(DataType.FLOAT, LENGTH);
    Optimizer never = MaskedSteps.randomGradients(new AdamW(map(whole), groups(0)), 0.5, 4);
    INDArray half = Nd4j.zeros(DataType.FLOAT, LENGTH);
    Optimizer first = MaskedSteps.randomGradients(new AdamW(map(half), groups(0)), 0.5, 4);
    for (int t = 0; t < 4; t++) {
      never.step(0.1, map(gradient(0, 1, t)));
    }
    first.step(0.1, map(gradient(0, 1, 0)));
    first.step(0.1, map(gradient(0, 1, 1)));
    Optimizer second = MaskedSteps.randomGradients(new AdamW(map(half), groups(0)), 0.5, 4);
    second.restore(first.state());
    second.step(0.1, map(gradient(0, 1, 2)));
    second.step(0.1, map(gradient(0, 1, 3)));
    assertThat(half).isEqualTo(whole);
    assertThatThrownBy(() -> second.restore(new AdamW(map(half.dup()), groups(0)).state()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("mask.step");
  }

  private static float[] mask(double kept, String name, long step, int from, int length) {
    float[] mask = new float[length];
    new ElementMask(kept, 3).draw(name, step).fill(mask, from, length);
    return mask;
  }

  @Test
  void masksOfOddLengthsAndOfAllAreWhole() {
    assertThat(mask(1, "p", 0, 0, 7)).containsOnly(1f);
    assertThat(mask(0.5, "p", 0, 0, 1)).containsAnyOf(0f, 2f);
    assertThat(mask(0.5, "p", 0, 0, 64))
        .isNotEqualTo(mask(0.5, "p", 1, 0, 64))
        .isNotEqualTo(mask(0.5, "q", 0, 0, 64));
    assertThatThrownBy(() -> new ElementMask(0, 3)).hasMessageContaining("above 0");
  }

  @Test
  void aMaskIsTheSameInBlocksAndInDoublePrecision() {
    float[] whole = mask(0.3, "p", 5, 0, 101);
    assertThat(mask(0.3, "p", 5, 40, 61)).isEqualTo(Arrays.copyOfRange(whole, 40, 101));
    double[] doubles = new double[101];
    new ElementMask(0.3, 3).draw("p", 5).fill(doubles, 0, 101);
    for (int i = 0; i < whole.length; i++) {
      assertThat((float) doubles[i]).isEqualTo(whole[i]);
    }
  }

  /** Neighbours, places and steps tell nothing of each other. */
  @Test
  void elementsAreIndependent() {
    int n = 100_000;
    float[] now = mask(0.5, "p", 1, 0, n);
    float[] next = mask(0.5, "p", 2, 0, n);
    for (int lag : new int[] {1, 2, 3, 8, 64, 2048}) {
      int equal = 0;
      for (int i = 0; i + lag < n; i++) {
        equal += now[i] == now[i + lag] ? 1 : 0;
      }
      assertThat(equal / (double) (n - lag)).as("lag %s", lag).isCloseTo(0.5, within(0.01));
    }
    int equal = 0;
    for (int i = 0; i < n; i++) {
      equal += now[i] == next[i] ? 1 : 0;
    }
    assertThat(equal / (double) n).isCloseTo(0.5, within(0.01));
  }

  @Test
  void theLargestInformationIsChosenOverAllParametersTogether() {
    Map<String, INDArray> information = new LinkedHashMap<>();
    information.put("a", Nd4j.createFromArray(1.0, 5.0));
    information.put("b", Nd4j.createFromArray(new double[][] {{9.0, 0.0}, {7.0, 2.0}}));
    Map<String, INDArray> masks = Fisher.largest(information, 0.5, DataType.FLOAT);
    assertThat(masks.get("a").toFloatVector()).containsExactly(0, 1);
    assertThat(masks.get("b").dup('c').data().asFloat()).containsExactly(1, 0, 1, 0);
    assertThatThrownBy(() -> new Fisher().mean()).hasMessageContaining("at least one");
  }
}
