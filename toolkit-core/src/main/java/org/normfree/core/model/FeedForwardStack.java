package org.normfree.core.model;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Stack;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;

/**
 * Nothing but feed-forward branches {@code relu(x·W₁)·W₂} joined by a {@link Method}, a last norm
 * where the method has one, and a linear head that is not trained: the smallest network in which
 * the size of an update depends on depth as it does in a Transformer. Two branches count as a
 * layer, so that a stack of L branches has the constants of an encoder of L/2 layers.
 */
public final class FeedForwardStack {
  private FeedForwardStack() {}

  /**
   * Builds the graph.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; {@link Network#INPUT} is [batch, width]
   */
  public static Network build(
      FeedForwardStackConfig config, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> build(root, config, method));
  }

  private static void build(Scope root, FeedForwardStackConfig config, Method method) {
    SameDiff sd = root.graph();
    Stack stack = config.stack();
    int width = config.width();
    SDVariable x = sd.placeHolder(Network.INPUT, root.type(), -1, width);
    for (int i = 0; i < config.branches(); i++) {
      int layer = i / 2;
      Scope scope = root.child("block" + layer).child("ffn" + i % 2);
      x =
          method.residual(
              scope,
              new Branch(Branch.Kind.FFN, layer, width, stack),
              x,
              in -> branch(scope, config, method, new Place(stack, layer), in));
    }
    SDVariable features =
        method.normalize(root.child("norm"), new NormSite(NormSite.Kind.FINAL, width), x);
    SDVariable head =
        root.child("head")
            .constant("weight", Initializer.xavierUniform(1), width, config.classes());
    SDVariable logits = root.ops().linear(Network.LOGITS, features, head, null);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, config.classes());
    root.ops().softmaxCrossEntropy("losses", logits, labels).mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }

  private record Place(Stack stack, int layer) {}

  private static SDVariable branch(
      Scope scope, FeedForwardStackConfig config, Method method, Place place, SDVariable x) {
    WeightRole first = new WeightRole(WeightRole.Kind.FFN_IN, place.stack, place.layer, true);
    WeightRole last = new WeightRole(WeightRole.Kind.FFN_OUT, place.stack, place.layer, true);
    SDVariable hidden =
        method.linear(scope.child("fc1"), first, x, config.width(), config.hidden());
    SDVariable activated = scope.graph().nn().relu(scope.name("relu"), hidden, 0);
    return method.linear(scope.child("fc2"), last, activated, config.hidden(), config.width());
  }
}
