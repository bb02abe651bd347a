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
   * uniform, as in the original ViT; a table of embeddings is normal with deviation {@code
   * 1/√width}, as in fairseq.
   *
   * @param scope the linear map's place
   * @param role what the weight is for
   * @param shape [in, out]; of a table of embeddings [vocabulary, width]
   * @return the weight the graph computes with
   */
  default SDVariable weight(Scope scope, WeightRole role, long... shape) {
    return scope.parameter("weight", initial(role, shape), shape);
  }

  /**
   * The residual stream of a language model at its start; by default the embedded tokens as they
   * are. DyT multiplies by a trained scalar.
   *
   * @param scope the embedding's place
   * @param x embedded tokens, [batch, tokens, width]
   * @param width channels of x
   * @return [batch, tokens, width]
   */
  default SDVariable embedded(Scope scope, SDVariable x, long width) {
    return x;
  }

  /**
   * A linear map for a role; by default {@code x·weight + bias}, bias 0 at the start, and {@code
   * x·weight} where the role has no bias.
   *
   * @param scope the linear map's place
   * @param role what the map is for
   * @param x [..., in]
   * @param in channels of x
   * @param out channels of the result
   * @return [..., out]
   */
  default SDVariable linear(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    SDVariable bias = role.bias() ? scope.parameter("bias", Initializer.constant(0), out) : null;
    return scope.ops().linear(scope.name("output"), x, weight(scope, role, in, out), bias);
  }

  /** The distribution that {@link #weight} draws from unless a method says otherwise. */
  static Initializer initial(WeightRole role, long... shape) {
    return role.kind() == WeightRole.Kind.EMBEDDING
        ? Initializer.normal(1 / Math.sqrt((double) shape[1]))
        : Initializer.xavierUniform(1);
  }
}
