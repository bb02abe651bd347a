package org.normfree.core.method;

/**
 * The stack of layers a branch or weight belongs to, with the depths that depth-dependent methods
 * need.
 *
 * @param kind which part of which architecture
 * @param encoderLayers N, layers of the encoder; 0 for a decoder-only model
 * @param decoderLayers M, layers of the decoder; 0 for an encoder-only model
 */
public record Stack(Kind kind, int encoderLayers, int decoderLayers) {
  /** Which part of which architecture. */
  public enum Kind {
    /** BERT, ViT. */
    ENCODER_ONLY,
    /** GPT, LLaMA. */
    DECODER_ONLY,
    /** The encoder of an encoder–decoder. */
    ENCODER,
    /** The decoder of an encoder–decoder. */
    DECODER
  }

  /** An encoder-only stack of {@code layers} layers. */
  public static Stack encoderOnly(int layers) {
    return new Stack(Kind.ENCODER_ONLY, layers, 0);
  }

  /** A decoder-only stack of {@code layers} layers. */
  public static Stack decoderOnly(int layers) {
    return new Stack(Kind.DECODER_ONLY, 0, layers);
  }

  /** Whether it is a decoder, alone or behind an encoder. */
  public boolean isDecoder() {
    return kind == Kind.DECODER_ONLY || kind == Kind.DECODER;
  }

  /** Layers of this stack. */
  public int layers() {
    return isDecoder() ? decoderLayers : encoderLayers;
  }

  /** Residual branches of this stack: 2 a layer, 3 with cross attention. */
  public int ownBranches() {
    return kind == Kind.DECODER ? 3 * decoderLayers : 2 * layers();
  }

  /**
   * Residual branches of the whole model: 2 an encoder layer, 3 a decoder layer with cross
   * attention.
   */
  public int branches() {
    return kind == Kind.DECODER_ONLY ? 2 * decoderLayers : 2 * encoderLayers + 3 * decoderLayers;
  }
}
