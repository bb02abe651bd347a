package org.normfree.benchmarks.peer;

/**
 * Training a ResNet for small images on one batch, over and over: a stem of 3×3, three stages of
 * basic blocks with 16, 32 and 64 channels, shortcuts padded with zeros (option A of arXiv
 * 1512.03385).
 *
 * @param method {@code batch-norm} or {@code dyt}, in the toolkit's names
 * @param batch images
 * @param image pixels of a square image's side
 * @param channels of the image
 * @param depth blocks of a stage: 3 for ResNet-20
 * @param classes of the images
 */
public record ResNetTraining(
    String method, int batch, int image, int channels, int depth, int classes)
    implements Workload.Training {
  /** ε of batch norms. */
  public static final double BATCH_NORM_EPSILON = 1e-5;

  /** How many stages there are. */
  public static final int STAGES = 3;

  private static final int WIDTH = 16;
  private static final int WINDOW = 3;

  /** Channels of a stage. */
  public int dim(int stage) {
    return WIDTH << stage;
  }

  /**
   * Without the shortcuts, which compute nothing. Backward takes twice as many as forward, but the
   * images get no gradient.
   */
  @Override
  public double flop() {
    double places = (double) batch * image * image;
    double stem = Products.convolution(places, WINDOW, channels, WIDTH);
    double inside = 0;
    for (int stage = 0; stage < STAGES; stage++) {
      int in = dim(Math.max(0, stage - 1));
      places /= stage == 0 ? 1 : 4;
      inside += Products.convolution(places, WINDOW, in, dim(stage));
      inside += (2 * depth - 1) * Products.convolution(places, WINDOW, dim(stage), dim(stage));
    }
    double head = (double) batch * dim(STAGES - 1) * classes;
    return 2 * (3 * (inside + head) + 2 * stem);
  }
}
