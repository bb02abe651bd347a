package org.normfree.core.model;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * The head of self-distillation: linear maps with GELU between them down to a bottleneck z, {@code
 * z/max(‖z‖, 1e-12)}, and a linear map without bias whose weight is normed by outputs, {@code w_k =
 * g_k·v_k/‖v_k‖}, g = 1 at the start. It has no normalization layer, and methods have no say in it.
 * Source: arXiv 2104.14294 and its repository facebookresearch/dino, {@code DINOHead}.
 *
 * @param layers linear maps down to the bottleneck, at least 1; 3 in the paper
 * @param hidden channels between them; 2048 in the paper
 * @param bottleneck channels of z; 256 in the paper
 * @param outputs K; 65536 in the paper
 * @param normLastLayer whether g stays 1; else it is trained
 */
public record ProjectionHead(
    int layers, int hidden, int bottleneck, int outputs, boolean normLastLayer) {
  private static final double EPSILON = 1e-12;

  /**
   * @throws InputException if a number is out of range
   */
  public ProjectionHead {
    Checks.require(layers >= 1, "head.layers=%d, expected at least 1", layers);
    Checks.require(hidden >= 1, "head.hidden=%d, expected at least 1 channel", hidden);
    Checks.require(bottleneck >= 1, "head.bottleneck=%d, expected at least 1", bottleneck);
    Checks.require(outputs >= 2, "head.outputs=%d, expected at least 2 to choose between", outputs);
  }

  /**
   * Computes the scores. The parameters are {@code fc1.weight}, {@code fc1.bias}, …, {@code
   * last.v}, and {@code last.g} where it is trained.
   *
   * @param scope the head's place
   * @param weights what the linear maps' weights start from; biases start at 0, v as PyTorch's
   *     linear maps do
   * @param features [batch, width]
   * @param width channels of the features
   * @return [batch, outputs]
   */
  public SDVariable scores(Scope scope, Initializer weights, SDVariable features, int width) {
    SDVariable x = features;
    int in = width;
    for (int layer = 1; layer <= layers; layer++) {
      Scope place = scope.child("fc" + layer);
      int out = layer == layers ? bottleneck : hidden;
      SDVariable weight = place.parameter("weight", weights, in, out);
      SDVariable bias = place.parameter("bias", Initializer.constant(0), out);
      x = scope.ops().linear(place.name("output"), x, weight, bias);
      if (layer < layers) {
        x = scope.ops().gelu(place.name("gelu"), x);
      }
      in = out;
    }
    SDVariable z = scope.ops().l2Normalize(scope.name("z"), x, EPSILON);
    Scope last = scope.child("last");
    SDVariable v = last.parameter("v", Initializer.pytorchDefault(), bottleneck, outputs);
    Initializer one = Initializer.constant(1);
    SDVariable g =
        normLastLayer ? last.constant("g", one, outputs) : last.parameter("g", one, outputs);
    SDVariable weight = scope.ops().weightNorm(last.name("weight"), v, g);
    return scope.ops().linear(last.name("output"), z, weight, null);
  }
}
