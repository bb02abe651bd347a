package org.normfree.core.method;

/**
 * The stack of layers a branch or weight belongs to, with the depths that depth-dependent methods
 * need. A stack of convolutions has one residual branch a layer, or none.
 *
 * @param kind which part of which architecture
 * @param encoderLayers N, layers of the encoder, or residual blocks of convolutions; 0 for a
 *     decoder-only model
 * @param decoderLayers M, layers of the decoder; 0 for an encoder-only model
 * @param branchWeights m, weights of a residual branch, of a stack of convolutions: 2 in a basic
 *     block, 3 in a bottleneck; 0 where they are those of a Transformer
 */
public record Stack(Kind kind, int encoderLayers, int decoderLayers, int branchWeights) {
  /** Which part of which architecture. */
  public enum Kind {
    /** BERT, ViT. */
    ENCODER_ONLY,
    /** GPT, LLaMA. */
    DECODER_ONLY,
    /** The encoder of an encoder–decoder. */
    ENCODER,
    /** The decoder of an encoder–decoder. */
    DECODER,
    /** ResNet, ConvNeXt, VGG: residual blocks of convolutions, or a plain chain of them. */
    CONVOLUTIONAL
  }

  /** A stack of Transformer layers. */
  public Stack(Kind kind, int encoderLayers, int decoderLayers) {
    this(kind, encoderLayers, decoderLayers, 0);
  }

  /** An encoder-only stack of {@code layers} layers. */
  public static Stack encoderOnly(int layers) {
    return new Stack(Kind.ENCODER_ONLY, layers, 0);
  }

  /** A decoder-only stack of {@code layers} layers. */
  public static Stack decoderOnly(int layers) {
    return new Stack(Kind.DECODER_ONLY, 0, layers);
  }

  /**
   * A stack of convolutions.
   *
   * @param blocks residual blocks; 0 for a plain chain
   * @param branchWeights m, weights of the branch in each
   */
  public static Stack convolutional(int blocks, int branchWeights) {
    return new Stack(Kind.CONVOLUTIONAL, blocks, 0, branchWeights);
  }

  /** Whether it is made of convolutions, with one residual branch a layer. */
  public boolean isConvolutional() {
    return kind == Kind.CONVOLUTIONAL;
  }

  /** Whether it is a decoder, alone or behind an encoder. */
  public boolean isDecoder() {
    return kind == Kind.DECODER_ONLY || kind == Kind.DECODER;
  }

  /** Layers of this stack. */
  public int layers() {
    return isDecoder() ? decoderLayers : encoderLayers;
  }

  /** Residual branches of this stack: 2 a layer, 3 with cross attention, 1 of convolutions. */
  public int ownBranches() {
    if (isConvolutional()) {
      return encoderLayers;
    }
    return kind == Kind.DECODER ? 3 * decoderLayers : 2 * layers();
  }

  /**
   * Residual branches of the whole model: 2 an encoder layer, 3 a decoder layer with cross
   * attention, 1 a block of convolutions.
   */
  public int branches() {
    if (isConvolutional()) {
      return encoderLayers;
    }
    return kind == Kind.DECODER_ONLY ? 2 * decoderLayers : 2 * encoderLayers + 3 * decoderLayers;
  }
}
