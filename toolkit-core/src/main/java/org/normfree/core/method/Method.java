package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * A way to keep a deep network trainable. A model asks these questions while it builds its graph; a
 * method never knows which model asks. Methods are immutable; what is trained is declared through
 * the scope.
 */
public interface Method {
  /** The name it is registered under in {@link Methods}. */
  String name();

  /**
   * What stands where an architecture has a normalization layer.
   *
   * @param scope the layer's place
   * @param site what the layer belongs to
   * @param x [..., width]
   * @return [..., width]; x itself where the method has no layer
   */
  SDVariable normalize(Scope scope, NormSite site, SDVariable x);

  /**
   * How a residual branch is joined: placement of the normalization, scale of either path, gates.
   *
   * @param scope the branch's place, a child of its block's
   * @param branch what the branch is
   * @param x the residual stream, [batch, tokens, width]
   * @param f the branch, including its drop path
   * @return the residual stream behind the branch
   */
  SDVariable residual(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f);

  /**
   * A weight for a role: its initial distribution and any reparametrization. By default Xavier
   * uniform, as in the original ViT.
   *
   * @param scope the linear map's place
   * @param role what the weight is for
   * @param shape [in, out]
   * @return the weight the graph computes with
   */
  default SDVariable weight(Scope scope, WeightRole role, long... shape) {
    return scope.parameter("weight", Initializer.xavierUniform(1), shape);
  }

  /**
   * A linear map for a role; by default {@code x·weight + bias}, bias 0 at the start.
   *
   * @param scope the linear map's place
   * @param role what the map is for
   * @param x [..., in]
   * @param in channels of x
   * @param out channels of the result
   * @return [..., out]
   */
  default SDVariable linear(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), out);
    return scope.ops().linear(scope.name("output"), x, weight(scope, role, in, out), bias);
  }
}
