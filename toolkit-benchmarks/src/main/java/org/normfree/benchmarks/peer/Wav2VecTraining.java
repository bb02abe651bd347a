package org.normfree.benchmarks.peer;

import java.util.List;

/**
 * Pretraining a wav2vec 2.0, norms behind the additions, without dropout. What of its shape the
 * preset fixes is written out here too, for the side that does not know presets.
 *
 * @param method {@code pre-ln} or {@code dyt}, in the toolkit's names
 * @param preset {@code small} or {@code tiny}
 * @param batch waves
 * @param samples of a wave
 */
public record Wav2VecTraining(String method, String preset, int batch, int samples)
    implements Workload.Training {
  /** ε of all norms. */
  public static final double EPSILON = 1e-5;

  private static final List<Integer> KERNELS = List.of(10, 3, 3, 2, 2);
  private static final List<Integer> STRIDES = List.of(5, 2, 2, 2, 2);

  /** Groups of code entries. */
  public static final int GROUPS = 2;

  /** Weight of the diversity of codes. */
  public static final double DIVERSITY = 0.1;

  /** Weight of the mean square of features. */
  public static final double PENALTY = 10;

  /** Factor on the gradient that reaches the feature encoder. */
  public static final double FEATURE_GRADIENT = 0.1;

  /** By which cosines are divided. */
  public static final double CONTRAST = 0.1;

  /** The temperature of codes, {@link #TEMPERATURE}. */
  public static final double TAU = 2;

  /** Placeholder of the temperature of codes. */
  public static final String TEMPERATURE = "temperature";

  /** Random input: which frames are masked, [batch, masked]. */
  public static final String MASKED = "masked";

  /** Random input: other masked frames of the same wave, [batch, masked, K]. */
  public static final String NEGATIVES = "negatives";

  /** Random input: noise on the logits of codes, [batch, masked, all entries]. */
  public static final String NOISE = "quantizer_noise";

  private boolean small() {
    return preset.equals("small");
  }

  /** Channels of a frame before the Transformer. */
  public int channels() {
    return small() ? 64 : 16;
  }

  /** Channels in the Transformer. */
  public int width() {
    return small() ? 96 : 32;
  }

  /** Its layers. */
  public int depth() {
    return small() ? 4 : 2;
  }

  /** Its attention heads. */
  public int heads() {
    return small() ? 4 : 2;
  }

  /** Channels inside its feed-forward networks. */
  public int hidden() {
    return small() ? 384 : 64;
  }

  /** Groups of the convolution that tells positions. */
  public int positionGroups() {
    return small() ? 8 : 4;
  }

  /** Its window. */
  public int positionKernel() {
    return small() ? 32 : 16;
  }

  /** How many convolutions the feature encoder has. */
  public int convolutions() {
    return KERNELS.size();
  }

  /** Step of one of them. */
  public int stride(int convolution) {
    return STRIDES.get(convolution);
  }

  /** Frames behind one of them. */
  public int frames(int convolution) {
    int length = samples;
    for (int i = 0; i <= convolution; i++) {
      length = (length - KERNELS.get(i)) / STRIDES.get(i) + 1;
    }
    return length;
  }

  /** Frames of a wave. */
  public int frames() {
    return frames(convolutions() - 1);
  }

  /** The quantizer and the comparison are not counted. */
  @Override
  public double flop() {
    double encoder = 0;
    for (int i = 0; i < convolutions(); i++) {
      int in = i == 0 ? 1 : channels();
      encoder += (double) frames(i) * KERNELS.get(i) * in * channels();
    }
    double rows = frames();
    double layer = rows * width() * (4.0 * width() + 2.0 * hidden()) + 2 * rows * rows * width();
    double positions = rows * width() * width() / positionGroups() * positionKernel();
    return 6 * batch * (encoder + rows * channels() * width() + positions + depth() * layer);
  }
}
