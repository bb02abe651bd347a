package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Rng;

/** Both sides of the inequality against SameDiff's gradients. */
class PenaltyBoundTest {
  private static final double[] TARGET = {1, -2, 0.5};

  /** The gradient of half the squared distance from the target. */
  private static double[] distance(double[] y) {
    double[] gradient = y.clone();
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] -= TARGET[i];
    }
    return gradient;
  }

  private static List<PenaltyBound.Layer> layers(long seed, double scale, int... widths) {
    Rng random = Rng.of(seed, "layers", 0);
    List<PenaltyBound.Layer> layers = new ArrayList<>();
    for (int t = 0; t + 1 < widths.length; t++) {
      RealMatrix weight = MatrixUtils.createRealMatrix(widths[t + 1], widths[t]);
      double[] bias = new double[widths[t + 1]];
      for (int i = 0; i < bias.length; i++) {
        bias[i] = random.gaussian();
        for (int j = 0; j < widths[t]; j++) {
          weight.setEntry(i, j, scale * random.gaussian());
        }
      }
      boolean last = t + 2 == widths.length;
      layers.add(
          new PenaltyBound.Layer(
              weight, bias, last ? PenaltyBound.Activation.LINEAR : PenaltyBound.Activation.TANH));
    }
    return layers;
  }

  private static double[] example(long seed, int size) {
    Rng random = Rng.of(seed, "example", 0);
    double[] x = new double[size];
    for (int i = 0; i < size; i++) {
      x[i] = random.gaussian();
    }
    return x;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void bothGradientsAreThoseOfSameDiff(long seed) {
    List<PenaltyBound.Layer> layers = layers(seed, 0.5, 7, 5, 11, 3);
    double[] x = example(seed, 7);
    SameDiff sd = SameDiff.create();
    SDVariable input = sd.var("x", Nd4j.create(new double[][] {x}));
    SDVariable h = input;
    for (int t = 0; t < layers.size(); t++) {
      INDArray weight = Nd4j.create(layers.get(t).weight().getData());
      INDArray bias = Nd4j.create(new double[][] {layers.get(t).bias()});
      h = h.mmul(sd.var("w" + t, weight.transpose().dup())).add(sd.var("b" + t, bias));
      h = t + 1 < layers.size() ? sd.math().tanh(h) : h;
    }
    sd.math()
        .square(h.sub(sd.constant(Nd4j.create(new double[][] {TARGET}))))
        .sum()
        .mul("loss", 0.5);
    sd.setLossVariables("loss");
    List<String> names = List.of("x", "w0", "b0", "w1", "b1", "w2", "b2");
    Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), names);

    PenaltyBound bound = PenaltyBound.of(layers, x, PenaltyBoundTest::distance);
    assertThat(bound.inputGradient())
        .containsExactly(gradients.get("x").toDoubleVector(), within(1e-12));
    List<Double> all = new ArrayList<>();
    for (int t = 0; t < layers.size(); t++) {
      INDArray weight = gradients.get("w" + t).transpose().dup('c');
      INDArray bias = gradients.get("b" + t);
      double square = square(weight) + square(bias);
      assertThat(bound.parameterSquares()[t]).isCloseTo(square, within(1e-12 * square));
      for (INDArray part : List.of(weight, bias)) {
        for (double g : part.reshape(part.length()).toDoubleVector()) {
          all.add(g);
        }
      }
    }
    assertThat(PenaltyBound.parameterGradient(layers, x, PenaltyBoundTest::distance))
        .containsExactly(all.stream().mapToDouble(g -> g).toArray(), within(1e-12));
  }

  private static double square(INDArray array) {
    double norm = array.norm2Number().doubleValue();
    return norm * norm;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 1, 5})
  void holdsAtEveryExampleAndLayer(double scale) {
    for (long seed = 1; seed <= 50; seed++) {
      PenaltyBound bound =
          PenaltyBound.of(
              layers(seed, scale, 9, 6, 6, 3), example(seed, 9), PenaltyBoundTest::distance);
      assertThat(bound.holds(1e-9)).isTrue();
      for (int t = 0; t < 3; t++) {
        assertThat(bound.frobeniusTerms()[t]).isLessThanOrEqualTo(bound.terms()[t] * (1 + 1e-9));
      }
    }
  }

  /** The bound is reached where the network is one map in the direction of its only output. */
  @Test
  void isAnEqualityForASingleOutput() {
    RealMatrix weight = MatrixUtils.createRealMatrix(new double[][] {{3, 4}});
    List<PenaltyBound.Layer> layer =
        List.of(new PenaltyBound.Layer(weight, new double[] {0}, PenaltyBound.Activation.LINEAR));
    PenaltyBound bound = PenaltyBound.of(layer, new double[] {1, 2}, y -> new double[] {2});
    assertThat(bound.right()).isCloseTo(4 * (1 + 5), within(1e-12));
    assertThat(bound.left()).isCloseTo(bound.right(), within(1e-12));
    assertThat(bound.holds(1e-9)).isTrue();
  }

  @Test
  void aViolationWouldBeSeen() {
    PenaltyBound bound =
        PenaltyBound.of(layers(1, 1, 4, 3), example(1, 4), PenaltyBoundTest::distance);
    double[] smaller = {bound.inputSquare() * bound.terms()[0] * (1 - 1e-6)};
    PenaltyBound broken =
        new PenaltyBound(
            bound.inputGradient(),
            smaller,
            bound.terms(),
            bound.frobeniusTerms(),
            bound.weightNorms(),
            bound.jacobianNorms(),
            bound.hiddenSquares());
    assertThat(broken.holds(1e-9)).isFalse();
  }
}
