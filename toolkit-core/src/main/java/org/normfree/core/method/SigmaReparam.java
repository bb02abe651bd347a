package org.normfree.core.method;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * σReparam: every linear map (patch embedding and head too) computes with {@code Ŵ = γ/σ(W)·W}; no
 * normalization. W starts normal with deviation {@code 0.02·√(768/min(in, out))}, u as the exact
 * first singular vector, γ at σ(W), so that the map begins unchanged. Source: arXiv 2303.06296 and
 * its PyTorch vision code; the op is {@link org.normfree.core.op.SigmaReparam}.
 *
 * <p>The official deviation is 0.02 whatever the width; at ViT-B's 768 channels, where ours is the
 * same, that is a spectral norm of about 1.1. A network of 32 channels would start with 0.23, and
 * without a norm to make up for it nothing reaches its head.
 *
 * <p>The official code draws W with PyTorch's {@code trunc_normal_}, which cuts at ±2, a hundred
 * deviations away: a plain normal. As there, evaluation takes a power step from u but does not keep
 * its result. There q, k and v are one matrix with one γ; here each has its own.
 *
 * <p>The weights of a convolution are the matrix [window·in/groups, out], as in spectral
 * normalization (arXiv 1802.05957): the norm of a patch's map, which bounds the convolution's own
 * up to a factor.
 */
public final class SigmaReparam extends Unnormalized {
  private static final double DEVIATION = 0.02;
  private static final double WIDTH_OF_VIT_B = 768;

  @Override
  public String name() {
    return "sigma-reparam";
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    return shortcut.add(f.apply(x));
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    if (role.kind() == WeightRole.Kind.EMBEDDING) {
      return super.weight(scope, role, shape); // a table is no linear map
    }
    long out = shape[shape.length - 1];
    long in = Arrays.stream(shape).reduce(1, (a, b) -> a * b) / out;
    double deviation = DEVIATION * Math.sqrt(WIDTH_OF_VIT_B / Math.min(in, out));
    Initializer initial = role.chosen().orElse(Initializer.normal(deviation));
    SDVariable weight = role.declare(scope, initial, shape);
    Singular first = Singular.first(weight.getArr().reshape('c', in, out));
    SDVariable gamma = scope.parameter("gamma", Initializer.constant(first.value), 1);
    SDVariable u = scope.state("u", first.left);
    SDVariable matrix = shape.length == 2 ? weight : weight.reshape(in, out);
    SDVariable[] outputs = scope.ops().sigmaReparam(scope.name("weight_hat"), matrix, u, gamma);
    scope.advance(u, outputs[1]);
    return shape.length == 2 ? outputs[0] : outputs[0].reshape(shape);
  }

  /**
   * The largest singular value and its left vector, from the eigenvectors of the smaller of W·Wᵀ
   * and Wᵀ·W: to the same last digits as a singular value decomposition, several times faster.
   */
  private record Singular(double value, double[] left) {
    static Singular first(INDArray weight) {
      INDArray w = weight.castTo(DataType.DOUBLE);
      boolean wide = w.rows() <= w.columns();
      INDArray vectors = Nd4j.matmul(w, w, !wide, wide, false).dup('f');
      INDArray values = Nd4j.create(DataType.DOUBLE, vectors.rows());
      Nd4j.getBlasWrapper().lapack().syev('V', 'U', vectors, values);
      int last = vectors.columns() - 1; // eigenvalues ascend
      double sigma = Math.sqrt(values.getDouble(last));
      INDArray vector = vectors.getColumn(last, true);
      INDArray left = wide ? vector : Nd4j.matmul(w, vector).divi(sigma);
      return new Singular(sigma, left.dup().reshape(left.length()).toDoubleVector());
    }
  }
}
