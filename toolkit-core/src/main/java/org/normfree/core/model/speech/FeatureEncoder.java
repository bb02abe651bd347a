package org.normfree.core.model.speech;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * Frames of a wave: convolutions, each followed by its norm, if it has one, and the exact GELU.
 * Weights start He normal by their fan-in, biases as PyTorch's. Source: arXiv 2006.11477 and {@code
 * ConvFeatureExtractionModel} of facebookresearch/fairseq.
 *
 * @param config the shape
 * @param method answers for the convolutions; the norms are the architecture's own
 * @param stack the Transformer that sees the frames
 * @param epsilon ε of the norms; 1e-5 as published
 */
record FeatureEncoder(FeatureEncoderConfig config, Method method, Stack stack, double epsilon) {
  /**
   * Computes the frames. The parameters are {@code conv0.weight}, {@code conv0.bias}, {@code
   * conv0.norm.gain}, {@code conv0.norm.bias}, …
   *
   * @param scope the encoder's place
   * @param wave [batch, samples]
   * @param samples length of the wave
   * @return [batch, frames, channels]
   */
  SDVariable frames(Scope scope, SDVariable wave, int samples) {
    SDVariable y = wave.reshape(-1, samples, 1);
    List<FeatureEncoderConfig.Layer> layers = config.layers();
    int in = 1;
    for (int i = 0; i < layers.size(); i++) {
      FeatureEncoderConfig.Layer layer = layers.get(i);
      Scope place = scope.child("conv" + i);
      ConvolutionTerms terms = ConvolutionTerms.sequence(layer.kernel()).stride(layer.stride());
      WeightRole role =
          new WeightRole(
              WeightRole.Kind.STEM, stack, 0, config.bias(), Optional.of(start(layer, in)));
      y = method.convolution(place, role, y, terms, in, layer.channels());
      y = normalized(place.child("norm"), i, y, layer.channels());
      y = place.ops().gelu(place.name("gelu"), y);
      in = layer.channels();
    }
    return y;
  }

  private static Start start(FeatureEncoderConfig.Layer layer, int in) {
    double window = (double) layer.kernel() * in;
    return new Start(
        Initializer.kaimingNormal(Initializer.Fan.IN, Math.sqrt(2)),
        Initializer.uniform(1 / Math.sqrt(window)));
  }

  private SDVariable normalized(Scope scope, int layer, SDVariable x, int channels) {
    boolean grouped = config.norm() == FeatureEncoderConfig.Norm.GROUP;
    if (grouped && layer > 0) {
      return x;
    }
    SDVariable gain = scope.parameter("gain", Initializer.constant(1), channels);
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), channels);
    String name = scope.name("output");
    return grouped
        ? scope.ops().groupNorm(name, x, gain, bias, channels, epsilon)
        : scope.ops().layerNorm(name, x, gain, bias, epsilon);
  }
}
