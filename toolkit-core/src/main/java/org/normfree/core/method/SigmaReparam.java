package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * σReparam: every linear map (patch embedding and head too) computes with {@code Ŵ = γ/σ(W)·W}; no
 * normalization. W starts truncated normal with deviation 0.02, u as the exact first singular
 * vector, γ at σ(W), so that the map begins unchanged. Source: arXiv 2303.06296 and its PyTorch
 * vision code; the op is {@link org.normfree.core.op.SigmaReparam}.
 *
 * <p>The official evaluation keeps u as it is; here the graph always takes one power step from u,
 * which at a converged u changes σ by about 1e-5 relative.
 */
public final class SigmaReparam extends Unnormalized {
  @Override
  public String name() {
    return "sigma-reparam";
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return x.add(f.apply(x));
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    SDVariable weight = scope.parameter("weight", Initializer.truncatedNormal(0.02), shape);
    Singular first = Singular.first(weight.getArr());
    SDVariable gamma = scope.parameter("gamma", Initializer.constant(first.value), 1);
    SDVariable u = scope.state("u", first.left);
    SDVariable[] outputs = scope.ops().sigmaReparam(scope.name("weight_hat"), weight, u, gamma);
    scope.advance(u, outputs[1]);
    return outputs[0];
  }

  /** The largest singular value and its left vector. */
  private record Singular(double value, double[] left) {
    static Singular first(INDArray weight) {
      int rows = weight.rows();
      int columns = weight.columns();
      INDArray work = weight.castTo(DataType.DOUBLE).dup('f');
      INDArray values = Nd4j.create(DataType.DOUBLE, Math.min(rows, columns));
      INDArray left = Nd4j.create(DataType.DOUBLE, new long[] {rows, rows}, 'f');
      INDArray right = Nd4j.create(DataType.DOUBLE, new long[] {columns, columns}, 'f');
      Nd4j.getBlasWrapper().lapack().gesvd(work, values, left, right);
      return new Singular(values.getDouble(0), left.getColumn(0).toDoubleVector());
    }
  }
}
