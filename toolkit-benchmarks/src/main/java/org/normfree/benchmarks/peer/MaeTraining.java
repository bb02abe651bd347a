package org.normfree.benchmarks.peer;

/**
 * Training a masked autoencoder to reconstruct pixels on one batch and one mask, over and over: MLP
 * ratio 4, patches as they are for targets, three quarters hidden.
 *
 * @param method {@code pre-ln} or {@code dyt}, in the toolkit's names
 * @param batch images
 * @param image pixels of a square image's side
 * @param channels of the image
 * @param patch pixels of a square patch's side
 * @param width channels of the encoder
 * @param depth its blocks
 * @param heads its attention heads
 * @param decoderWidth channels of the decoder
 * @param decoderDepth its blocks
 * @param decoderHeads its attention heads
 */
public record MaeTraining(
    String method,
    int batch,
    int image,
    int channels,
    int patch,
    int width,
    int depth,
    int heads,
    int decoderWidth,
    int decoderDepth,
    int decoderHeads)
    implements Workload.Training {
  /** Patches of an image. */
  public int patches() {
    return (image / patch) * (image / patch);
  }

  /** Those that the encoder sees. */
  public int kept() {
    return patches() / 4;
  }

  /** Numbers of a patch. */
  public int patchSize() {
    return patch * patch * channels;
  }

  /**
   * All patches are embedded, kept or not; both stacks see the class token too. Backward takes
   * twice as many as forward, but the images get no gradient.
   */
  @Override
  public double flop() {
    double embedded = (double) batch * patches() * patchSize() * width;
    double encoder = Products.encoder(batch, 1 + kept(), width, depth);
    double narrowed = (double) batch * (1 + kept()) * width * decoderWidth;
    double decoder = Products.encoder(batch, 1 + patches(), decoderWidth, decoderDepth);
    double pixels = (double) batch * (1 + patches()) * decoderWidth * patchSize();
    return 2 * (3 * (encoder + narrowed + decoder + pixels) + 2 * embedded);
  }
}
