package org.normfree.core.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The input gradient of a fully connected network at one example beside its parameter gradient.
 * With {@code z_t = W_t h_t + b_t}, {@code h_1 = x}, {@code h_{t+1} = φ(z_t)} and {@code δ_t =
 * ∂f/∂z_t} a layer's part of {@code ‖∇_θ f‖²} is {@code ‖δ_t‖²(1 + ‖h_t‖²)}, and {@code ‖∇_x f‖ ≤
 * ‖∇_x h_t‖·‖W_t‖·‖δ_t‖} in spectral norms, so that
 *
 * <pre>
 * ‖∇_x f‖²·Σ_t (1 + ‖h_t‖²)/(‖W_t‖²‖∇_x h_t‖²) ≤ ‖∇_θ f‖²
 * </pre>
 *
 * and layer by layer too. It holds for an example, not for the gradient of a mean over examples.
 * Sources: arXiv 2111.15090; kexue.fm/archives/8796.
 *
 * @param inputGradient ∇_x f
 * @param parameterSquares each layer's part of ‖∇_θ f‖²
 * @param terms each layer's {@code (1 + ‖h_t‖²)/(‖W_t‖²‖∇_x h_t‖²)}
 * @param frobeniusTerms the same with Frobenius norms, which are never larger
 * @param weightNorms spectral norms of the weights
 * @param jacobianNorms spectral norms of ∇_x h_t
 * @param hiddenSquares ‖h_t‖²
 */
public record PenaltyBound(
    double[] inputGradient,
    double[] parameterSquares,
    double[] terms,
    double[] frobeniusTerms,
    double[] weightNorms,
    double[] jacobianNorms,
    double[] hiddenSquares) {
  /** What stands behind a layer's linear map. */
  public enum Activation {
    /** Nothing. */
    LINEAR,
    /** The hyperbolic tangent. */
    TANH;

    private double of(double z) {
      return this == TANH ? Math.tanh(z) : z;
    }

    /** The slope where the value is h. */
    private double slope(double h) {
      return this == TANH ? 1 - h * h : 1;
    }
  }

  /**
   * A layer.
   *
   * @param weight [out, in]
   * @param bias [out]
   * @param activation behind it
   */
  public record Layer(RealMatrix weight, double[] bias, Activation activation) {
    private double[] output(double[] h) {
      double[] z = weight.operate(h);
      for (int i = 0; i < z.length; i++) {
        z[i] = activation.of(z[i] + bias[i]);
      }
      return z;
    }
  }

  /**
   * What a network puts out.
   *
   * @param layers the network
   * @param input the example
   */
  public static double[] output(List<Layer> layers, double... input) {
    double[] h = input;
    for (Layer layer : layers) {
      h = layer.output(h);
    }
    return h;
  }

  /**
   * Both sides at an example.
   *
   * @param layers the network
   * @param input the example
   * @param lossGradient gives ∂f/∂y for the network's output y
   */
  public static PenaltyBound of(
      List<Layer> layers, double[] input, UnaryOperator<double[]> lossGradient) {
    int count = layers.size();
    List<double[]> hidden = new ArrayList<>(List.of(input));
    layers.forEach(layer -> hidden.add(layer.output(hidden.get(hidden.size() - 1))));
    double[] upstream = lossGradient.apply(hidden.get(count));
    double[] parameterSquares = new double[count];
    double[] hiddenSquares = new double[count];
    for (int t = count - 1; t >= 0; t--) {
      Layer layer = layers.get(t);
      double[] h = hidden.get(t + 1);
      for (int i = 0; i < h.length; i++) {
        upstream[i] *= layer.activation.slope(h[i]);
      }
      hiddenSquares[t] = square(hidden.get(t));
      parameterSquares[t] = square(upstream) * (1 + hiddenSquares[t]);
      upstream = layer.weight.preMultiply(upstream);
    }
    double[] terms = new double[count];
    double[] frobenius = new double[count];
    double[] weightNorms = new double[count];
    double[] jacobianNorms = new double[count];
    RealMatrix jacobian = MatrixUtils.createRealIdentityMatrix(input.length);
    for (int t = 0; t < count; t++) {
      RealMatrix weight = layers.get(t).weight;
      weightNorms[t] = spectral(weight);
      jacobianNorms[t] = spectral(jacobian);
      double numerator = 1 + hiddenSquares[t];
      terms[t] = numerator / squared(weightNorms[t] * jacobianNorms[t]);
      frobenius[t] = numerator / squared(weight.getFrobeniusNorm() * jacobian.getFrobeniusNorm());
      jacobian = weight.multiply(jacobian);
      for (int i = 0; i < jacobian.getRowDimension(); i++) {
        double slope = layers.get(t).activation.slope(hidden.get(t + 1)[i]);
        jacobian.setRowVector(i, jacobian.getRowVector(i).mapMultiply(slope));
      }
    }
    return new PenaltyBound(
        upstream, parameterSquares, terms, frobenius, weightNorms, jacobianNorms, hiddenSquares);
  }

  /** ‖∇_x f‖². */
  public double inputSquare() {
    return square(inputGradient);
  }

  /** The left side. */
  public double left() {
    return inputSquare() * Arrays.stream(terms).sum();
  }

  /** The right side, ‖∇_θ f‖². */
  public double right() {
    return Arrays.stream(parameterSquares).sum();
  }

  /** Whether the inequality holds, as a whole and layer by layer, up to a relative error. */
  public boolean holds(double relative) {
    boolean all = left() <= right() * (1 + relative);
    for (int t = 0; t < terms.length; t++) {
      all &= inputSquare() * terms[t] <= parameterSquares[t] * (1 + relative);
    }
    return all;
  }

  private static double spectral(RealMatrix matrix) {
    return new SingularValueDecomposition(matrix).getNorm();
  }

  private static double square(double... v) {
    return Arrays.stream(v).map(x -> x * x).sum();
  }

  private static double squared(double x) {
    return x * x;
  }
}
