package org.normfree.core.model.speech;

import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.model.Checks;

/**
 * Shape of the convolutions that make frames of a wave.
 *
 * @param layers the convolutions, at least one; the first sees the wave
 * @param norm which normalization they have
 * @param bias whether they have bias vectors
 */
public record FeatureEncoderConfig(List<Layer> layers, Norm norm, boolean bias) {
  /**
   * A convolution without padding.
   *
   * @param channels of its result
   * @param kernel samples, or frames of the layer below, that its window sees
   * @param stride how many the window moves on
   */
  public record Layer(int channels, int kernel, int stride) {
    /**
     * @throws InputException if a number is below 1
     */
    public Layer {
      Checks.require(
          channels >= 1 && kernel >= 1 && stride >= 1,
          "a convolution of %d channels, kernel %d and stride %d, expected each to be at least 1",
          channels,
          kernel,
          stride);
    }
  }

  /** Which normalization stands between a convolution and its GELU; methods have no say in it. */
  public enum Norm {
    /**
     * A group norm with one channel a group behind the first convolution alone: over the time of a
     * clip, so what a clip gives depends on its length and padding ({@code default} in fairseq).
     */
    GROUP,
    /** A layer norm over the channels behind every convolution ({@code layer_norm} in fairseq). */
    LAYER
  }

  /**
   * @throws InputException if there is no layer
   */
  public FeatureEncoderConfig {
    layers = List.copyOf(layers);
    Checks.require(!layers.isEmpty(), "a feature encoder without convolutions; give at least one");
  }

  /** Weights of the convolutions. */
  double weights() {
    double in = 1;
    double weights = 0;
    for (Layer layer : layers) {
      weights += in * layer.channels() * layer.kernel();
      in = layer.channels();
    }
    return weights;
  }

  /** Channels of a frame. */
  public int channels() {
    return layers.get(layers.size() - 1).channels();
  }

  /** Samples from one frame to the next. */
  public int stride() {
    return layers.stream().mapToInt(Layer::stride).reduce(1, (a, b) -> a * b);
  }

  /** Samples that one frame sees. */
  public int field() {
    int field = 1;
    for (int i = layers.size() - 1; i >= 0; i--) {
      field = (field - 1) * layers.get(i).stride() + layers.get(i).kernel();
    }
    return field;
  }

  /**
   * Frames of a wave.
   *
   * @param samples its length
   * @return 0 if it is shorter than {@link #field}
   */
  public int frames(int samples) {
    int frames = samples;
    for (Layer layer : layers) {
      frames = frames < layer.kernel() ? 0 : (frames - layer.kernel()) / layer.stride() + 1;
    }
    return frames;
  }
}
