package org.normfree.core.method;

import org.normfree.core.InputException;

/**
 * DeepNorm's constants as a pure function of the depths. Source: arXiv 2203.00555, section 4.3 and
 * appendices B and C, decimals 0.81 and 0.87 as printed.
 *
 * <pre>
 * encoder-only     α = (2N)^(1/4)              β = (8N)^(−1/4)
 * decoder-only     α = (2M)^(1/4)              β = (8M)^(−1/4)
 * encoder–decoder  encoder α = 0.81·(N⁴M)^(1/16), β = 0.87·(N⁴M)^(−1/16)
 *                  decoder α = (3M)^(1/4),     β = (12M)^(−1/4)
 * </pre>
 *
 * <p>torchscale multiplies the encoder's weights of an encoder–decoder by 1.15·(N⁴M)^(−1/16)
 * instead of 0.87·(N⁴M)^(−1/16) (it divides by the factor over 1.15); this follows the paper.
 *
 * @param alpha factor of the residual path
 * @param beta gain of the initial weights fc1, fc2, v and o; q and k keep gain 1
 */
public record DeepNormCoefficients(double alpha, double beta) {
  /**
   * @param stack which part of which architecture, and the depths
   * @return the constants of that part
   * @throws InputException if a depth is below 1, or the stack is one of convolutions
   */
  public static DeepNormCoefficients of(Stack stack) {
    return switch (stack.kind()) {
      case ENCODER_ONLY -> encoderOnly(stack.encoderLayers());
      case DECODER_ONLY -> decoderOnly(stack.decoderLayers());
      case ENCODER -> encoder(stack.encoderLayers(), stack.decoderLayers());
      case DECODER -> decoder(stack.encoderLayers(), stack.decoderLayers());
      case CONVOLUTIONAL ->
          throw new InputException(
              "DeepNorm: a stack of convolutions, expected one of Transformer layers, for which the"
                  + " constants are derived; choose another method");
    };
  }

  /**
   * @param layers N
   * @return the constants of an encoder-only model
   */
  public static DeepNormCoefficients encoderOnly(int layers) {
    requireDepth(layers);
    return new DeepNormCoefficients(Math.pow(2.0 * layers, 0.25), Math.pow(8.0 * layers, -0.25));
  }

  /**
   * @param layers M
   * @return the constants of a decoder-only model
   */
  public static DeepNormCoefficients decoderOnly(int layers) {
    return encoderOnly(layers);
  }

  /**
   * @param encoderLayers N
   * @param decoderLayers M
   * @return the constants of the encoder of an encoder–decoder
   */
  public static DeepNormCoefficients encoder(int encoderLayers, int decoderLayers) {
    requireDepth(encoderLayers);
    requireDepth(decoderLayers);
    double root = Math.pow(Math.pow(encoderLayers, 4) * decoderLayers, 1.0 / 16);
    return new DeepNormCoefficients(0.81 * root, 0.87 / root);
  }

  /**
   * @param encoderLayers N
   * @param decoderLayers M
   * @return the constants of the decoder of an encoder–decoder
   */
  public static DeepNormCoefficients decoder(int encoderLayers, int decoderLayers) {
    requireDepth(encoderLayers);
    requireDepth(decoderLayers);
    return new DeepNormCoefficients(
        Math.pow(3.0 * decoderLayers, 0.25), Math.pow(12.0 * decoderLayers, -0.25));
  }

  private static void requireDepth(int layers) {
    if (layers < 1) {
      throw new InputException(
          "DeepNorm: depth is %s, expected at least 1 layer; set depth".formatted(layers));
    }
  }
}
