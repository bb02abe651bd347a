package org.normfree.benchmarks.peer;

/**
 * Training a Diffusion Transformer to guess noise on one batch, one noise and one set of times,
 * over and over: MLP ratio 4, fixed variance, labels never dropped. No map begins at 0, so that the
 * check of the losses sees all of them.
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
public record DitTraining(
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
  /** Times of the diffusion. */
  public static final int TIMES = 1000;

  /** Numbers that a time is first embedded as. */
  public static final int FREQUENCIES = 256;

  /** Tokens of an image. */
  public int tokens() {
    return (image / patch) * (image / patch);
  }

  /** Numbers of a patch. */
  public int patchSize() {
    return patch * patch * channels;
  }

  /** Backward takes twice as many as forward, but images and times get no gradient. */
  @Override
  public double flop() {
    double rows = (double) batch * tokens();
    double blocks = Products.encoder(batch, tokens(), width, depth);
    double modulations = (double) batch * width * (6.0 * depth + 2) * width;
    double pixels = rows * width * patchSize();
    double ofTimes = (double) batch * width * width;
    double first = rows * patchSize() * width + (double) batch * FREQUENCIES * width;
    return 2 * (3 * (blocks + modulations + pixels + ofTimes) + 2 * first);
  }
}
