package org.normfree.benchmarks.peer;

/**
 * Training a ConvNeXt on one batch, over and over: a stem of patches, depthwise windows of 7×7, MLP
 * ratio 4, layer scale from 1e-6, no drop path. Stage s has {@code width·2^s} channels, and before
 * it 2×2 places become one.
 *
 * @param method {@code pre-ln} or {@code dyt}, in the toolkit's names
 * @param batch images
 * @param image pixels of a square image's side
 * @param channels of the image
 * @param stem pixels of a square patch's side
 * @param width channels of the first stage
 * @param stages how many there are
 * @param depth blocks of a stage
 * @param classes of the images
 */
public record ConvNeXtTraining(
    String method,
    int batch,
    int image,
    int channels,
    int stem,
    int width,
    int stages,
    int depth,
    int classes)
    implements Workload.Training {
  /** Side of the depthwise window. */
  public static final int KERNEL = 7;

  /** Side of the places that become one between stages. */
  public static final int DOWNSAMPLE = 2;

  /** Initial factor of each branch. */
  public static final double LAYER_SCALE = 1e-6;

  /** Channels of a stage. */
  public int dim(int stage) {
    return width << stage;
  }

  /** Backward takes twice as many as forward, but the images get no gradient. */
  @Override
  public double flop() {
    int side = image / stem;
    double patches = Products.convolution((double) batch * side * side, stem, channels, width);
    double inside = 0;
    for (int stage = 0; stage < stages; stage++) {
      if (stage > 0) {
        side /= DOWNSAMPLE;
      }
      double places = (double) batch * side * side;
      if (stage > 0) {
        inside += Products.convolution(places, DOWNSAMPLE, dim(stage - 1), dim(stage));
      }
      double depthwise = Products.convolution(places, KERNEL, 1, dim(stage));
      double linears = Products.convolution(places, 1, dim(stage), 8 * dim(stage));
      inside += depth * (depthwise + linears);
    }
    double head = (double) batch * dim(stages - 1) * classes;
    return 2 * (3 * (inside + head) + 2 * patches);
  }
}
