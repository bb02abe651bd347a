package org.normfree.benchmarks.peer;

/**
 * Training a Vision Transformer with pre-normalization on one batch, over and over: mean pooling,
 * MLP ratio 4, no drop path; the positions decay too.
 *
 * @param method {@code pre-ln} or {@code dyt}, in the toolkit's names
 * @param batch images
 * @param image pixels of a square image's side
 * @param channels of the image
 * @param patch pixels of a square patch's side
 * @param width channels of the residual stream
 * @param depth blocks
 * @param heads attention heads
 * @param classes of the images
 */
public record VitTraining(
    String method,
    int batch,
    int image,
    int channels,
    int patch,
    int width,
    int depth,
    int heads,
    int classes)
    implements Workload.Training {
  /** Tokens of an image. */
  public int tokens() {
    return (image / patch) * (image / patch);
  }

  /** Numbers of a patch. */
  public int patchSize() {
    return patch * patch * channels;
  }

  /** Backward takes twice as many as forward, but the images get no gradient. */
  @Override
  public double flop() {
    double blocks = Products.encoder(batch, tokens(), width, depth);
    double patches = (double) batch * tokens() * patchSize() * width;
    double head = (double) batch * width * classes;
    return 2 * (3 * (blocks + head) + 2 * patches);
  }
}
