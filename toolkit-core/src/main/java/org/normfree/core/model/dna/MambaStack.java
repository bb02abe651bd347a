package org.normfree.core.model.dna;

import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Stack;
import org.normfree.core.nn.Scope;

/**
 * Layers of one Mamba mixer each, joined by a {@link Method}, and what stands behind the last. Two
 * such branches count as a layer of a Transformer in the constants of methods that go by depth.
 *
 * @param mixer the mixers' shape
 * @param method what keeps the stack trainable
 * @param stack what the method knows of it
 * @param depth number of layers
 * @param epsilon added to the mean square by normalizations
 */
record MambaStack(MambaShape mixer, Method method, Stack stack, int depth, double epsilon) {
  private static final NormSite.Affine AFFINE = NormSite.Affine.GAIN_AND_BIAS;

  /** What a method knows of a stack in which a position sees those before it. */
  static Stack causal(int depth) {
    return Stack.decoderOnly(layers(depth));
  }

  /** What a method knows of a stack in which a position sees all others. */
  static Stack encoder(int depth) {
    return Stack.encoderOnly(layers(depth));
  }

  private static int layers(int depth) {
    return (depth + 1) / 2;
  }

  /**
   * From embedded tokens to what stands behind the last norm.
   *
   * @param root the network's root
   * @param embedded [batch, length, width]
   * @param before what becomes of the stream before each layer
   * @param mix what a mixer computes in its place
   */
  SDVariable stream(
      Scope root,
      SDVariable embedded,
      UnaryOperator<SDVariable> before,
      BiFunction<MambaMixer, Scope, UnaryOperator<SDVariable>> mix) {
    SDVariable x = method.embedded(root.child("embedding"), embedded, mixer.width());
    for (int i = 0; i < depth; i++) {
      x = layer(root.child("block" + i), i, before.apply(x), mix);
    }
    NormSite.Kind last = NormSite.Kind.FINAL;
    NormSite site = new NormSite(last, mixer.width(), AFFINE, epsilon);
    return method.normalize(root.child("norm"), site, x);
  }

  private SDVariable layer(
      Scope layer,
      int index,
      SDVariable x,
      BiFunction<MambaMixer, Scope, UnaryOperator<SDVariable>> mix) {
    Scope scope = layer.child("mixer");
    MambaMixer one = mixer(index);
    return method.residual(scope, branch(index), x, in -> mix.apply(one, scope).apply(in));
  }

  /** The mixer of a layer. */
  MambaMixer mixer(int index) {
    return new MambaMixer(mixer, method, stack, index / 2, 1 / Math.sqrt((double) depth));
  }

  private Branch branch(int index) {
    return new Branch(Branch.Kind.ATTENTION, index / 2, mixer.width(), stack, AFFINE, epsilon);
  }
}
