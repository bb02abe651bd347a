package org.normfree.core.probe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.nd4j.linalg.api.ndarray.INDArray;

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
    /**
     * A linear map as the toolkit's models have it.
     *
     * @param weight [in, out]
     * @param bias [out]
     * @param activation behind it
     */
    public static Layer of(INDArray weight, INDArray bias, Activation activation) {
      return new Layer(
          MatrixUtils.createRealMatrix(weight.toDoubleMatrix()).transpose(),
          bias.toDoubleVector(),
          activation);
    }

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
    Pass pass = Pass.of(layers, input, lossGradient);
    double[] parameterSquares = new double[count];
    double[] hiddenSquares = new double[count];
    for (int t = 0; t < count; t++) {
      hiddenSquares[t] = square(pass.hidden.get(t));
      parameterSquares[t] = square(pass.deltas.get(t)) * (1 + hiddenSquares[t]);
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
        double slope = layers.get(t).activation.slope(pass.hidden.get(t + 1)[i]);
        jacobian.setRowVector(i, jacobian.getRowVector(i).mapMultiply(slope));
      }
    }
    return new PenaltyBound(
        pass.inputGradient,
        parameterSquares,
        terms,
        frobenius,
        weightNorms,
        jacobianNorms,
        hiddenSquares);
  }

  /**
   * ∇_θ f at an example, whose squares are the right side.
   *
   * @param layers the network
   * @param input the example
   * @param lossGradient gives ∂f/∂y for the network's output y
   * @return for each layer the weight's gradient, row-major [out, in], and the bias's behind it
   */
  public static double[] parameterGradient(
      List<Layer> layers, double[] input, UnaryOperator<double[]> lossGradient) {
    Pass pass = Pass.of(layers, input, lossGradient);
    DoubleStream.Builder gradient = DoubleStream.builder();
    for (int t = 0; t < layers.size(); t++) {
      for (double delta : pass.deltas.get(t)) {
        for (double h : pass.hidden.get(t)) {
          gradient.add(delta * h);
        }
      }
      for (double delta : pass.deltas.get(t)) {
        gradient.add(delta);
      }
    }
    return gradient.build().toArray();
  }

  /**
   * A forward and a backward pass.
   *
   * @param hidden h_t of each layer, and the output
   * @param deltas δ_t of each layer
   * @param inputGradient ∇_x f
   */
  private record Pass(List<double[]> hidden, List<double[]> deltas, double[] inputGradient) {
    static Pass of(List<Layer> layers, double[] input, UnaryOperator<double[]> lossGradient) {
      List<double[]> hidden = new ArrayList<>(List.of(input));
      layers.forEach(layer -> hidden.add(layer.output(hidden.get(hidden.size() - 1))));
      double[] upstream = lossGradient.apply(hidden.get(layers.size()));
      Deque<double[]> deltas = new ArrayDeque<>();
      for (int t = layers.size() - 1; t >= 0; t--) {
        Layer layer = layers.get(t);
        double[] delta = upstream.clone();
        for (int i = 0; i < delta.length; i++) {
          delta[i] *= layer.activation.slope(hidden.get(t + 1)[i]);
        }
        deltas.addFirst(delta);
        upstream = layer.weight.preMultiply(delta);
      }
      return new Pass(hidden, List.copyOf(deltas), upstream);
    }
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
