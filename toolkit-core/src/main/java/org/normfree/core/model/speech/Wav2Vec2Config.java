package org.normfree.core.model.speech;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.model.OneStack;
import org.normfree.core.model.speech.FeatureEncoderConfig.Layer;
import org.normfree.core.nn.SpanMask;

/**
 * Shape of a wav2vec 2.0.
 *
 * @param samples length of the waves; parameters do not depend on it
 * @param encoder the convolutions that make frames
 * @param context the Transformer
 * @param quantizer what frames are quantized to
 * @param finalDim channels in which context and targets are compared
 * @param mask which frames are masked
 * @param negatives K, targets of other masked frames among which the own one is to be found
 * @param objective weights of the losses
 * @param dropouts what is dropped in training
 */
public record Wav2Vec2Config(
    int samples,
    FeatureEncoderConfig encoder,
    Context context,
    Quantizer quantizer,
    int finalDim,
    SpanMask mask,
    int negatives,
    Losses objective,
    Dropouts dropouts)
    implements OneStack {
  /** Where the norms of the Transformer stand, with a method that leaves that to the model. */
  public enum Order {
    /** Behind the additions, one before the first layer, none behind the last: Base. */
    POST_NORM,
    /** Before the branches, one behind the last layer: Large ({@code layer_norm_first}). */
    PRE_NORM
  }

  /** What stands between the feature encoder and everything else. */
  public enum FeatureNorm {
    /** The method's answer: what the patch of arXiv 2503.10622 means to do. */
    METHOD,
    /**
     * A layer norm whatever the method. That patch defines no DyT there although its forward pass
     * asks for one, so that it does not run; who deletes the call has this network.
     */
    LAYER_NORM
  }

  /**
   * The Transformer.
   *
   * @param width channels of a frame
   * @param depth layers
   * @param heads attention heads
   * @param hidden channels inside the feed-forward networks
   * @param positionKernel frames that the convolution sees that tells positions
   * @param positionGroups its groups
   * @param order where the norms stand
   * @param featureNorm what stands behind the feature encoder
   */
  public record Context(
      int width,
      int depth,
      int heads,
      int hidden,
      int positionKernel,
      int positionGroups,
      Order order,
      FeatureNorm featureNorm) {
    /**
     * @throws InputException if the numbers do not fit each other
     */
    public Context {
      Checks.heads(width, heads);
      Checks.require(depth >= 1, "depth=%d, expected at least 1 layer", depth);
      Checks.require(hidden >= 1, "hidden=%d, expected at least 1 channel", hidden);
      Checks.require(
          positionKernel >= 1, "position.kernel=%d, expected at least 1 frame", positionKernel);
      Checks.require(
          positionGroups >= 1 && width % positionGroups == 0,
          "position.groups=%d, expected a divisor of width=%d",
          positionGroups,
          width);
    }
  }

  /**
   * The quantizer.
   *
   * @param groups G
   * @param entries V, of each group
   * @param dim channels of the entries chosen in all groups, side by side
   */
  public record Quantizer(int groups, int entries, int dim) {
    /**
     * @throws InputException if the numbers do not fit each other
     */
    public Quantizer {
      Checks.require(groups >= 1, "code.groups=%d, expected at least 1", groups);
      Checks.require(entries >= 2, "code.entries=%d, expected at least 2 to choose from", entries);
      Checks.require(
          dim >= 1 && dim % groups == 0,
          "code.dim=%d, expected a multiple of code.groups=%d",
          dim,
          groups);
    }

    /** G·V. */
    public int all() {
      return groups * entries;
    }
  }

  /**
   * Weights of the losses.
   *
   * @param temperature by which cosines are divided
   * @param diversity weight of {@code (G·V − perplexity)/(G·V)}
   * @param penalty weight of the features' mean square
   * @param featureGradient factor on the gradient that reaches the feature encoder
   */
  public record Losses(
      double temperature, double diversity, double penalty, double featureGradient) {
    /** As published. */
    public static final Losses PUBLISHED = new Losses(0.1, 0.1, 10, 0.1);

    /**
     * @throws InputException if a number is out of range
     */
    public Losses {
      Checks.require(
          temperature > 0, "contrast.temperature=%s, expected a number above 0", temperature);
      Checks.require(
          diversity >= 0 && penalty >= 0 && featureGradient >= 0,
          "weights of losses %s, %s and %s, expected none below 0",
          diversity,
          penalty,
          featureGradient);
    }
  }

  /**
   * What is dropped in training.
   *
   * @param input of the projected frames
   * @param features of the frames that targets are made of
   * @param residual of what the Transformer begins with and of its branches' outputs
   * @param attention of attention weights
   * @param layer the rate at which a whole layer is skipped
   */
  public record Dropouts(
      double input, double features, double residual, double attention, double layer) {
    /** Nothing. */
    public static final Dropouts NONE = new Dropouts(0, 0, 0, 0, 0);

    /**
     * @throws InputException if a rate is not in [0, 1)
     */
    public Dropouts {
      Checks.rate("drop.input", input);
      Checks.rate("drop.features", features);
      Checks.rate("dropout", residual);
      Checks.rate("drop.attention", attention);
      Checks.rate("drop.layer", layer);
    }
  }

  /** Sizes by name. */
  public enum Preset {
    /** Base of arXiv 2006.11477: post-norm, for 16 kHz. */
    BASE,
    /** Large, as DyT's authors trained it on LibriSpeech: pre-norm, for 16 kHz. */
    LARGE,
    /** Frames of 10 ms at 8 kHz; 0.6 million parameters. */
    SMALL,
    /** The same frames, for trying things out. */
    TINY;

    private static FeatureEncoderConfig published() {
      List<Layer> layers = new ArrayList<>(List.of(new Layer(512, 10, 5)));
      layers.addAll(Collections.nCopies(4, new Layer(512, 3, 2)));
      layers.addAll(Collections.nCopies(2, new Layer(512, 2, 2)));
      return new FeatureEncoderConfig(layers, FeatureEncoderConfig.Norm.GROUP, false);
    }

    /** Two of the published windows less: 80 samples from frame to frame. */
    private static FeatureEncoderConfig narrow(int channels) {
      List<Layer> layers = new ArrayList<>(List.of(new Layer(channels, 10, 5)));
      layers.addAll(Collections.nCopies(2, new Layer(channels, 3, 2)));
      layers.addAll(Collections.nCopies(2, new Layer(channels, 2, 2)));
      return new FeatureEncoderConfig(layers, FeatureEncoderConfig.Norm.GROUP, false);
    }

    /** The presets' names. */
    public static List<String> names() {
      return Arrays.stream(values()).map(Preset::model).toList();
    }

    /**
     * @param model a model's name, for example {@code wav2vec2-base}
     * @return the preset of that name; empty if there is none
     */
    public static Optional<Preset> named(String model) {
      return Arrays.stream(values()).filter(preset -> model.equals(preset.model())).findFirst();
    }

    private String model() {
      return "wav2vec2-" + name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param samples length of the waves
     * @return the whole shape
     */
    public Wav2Vec2Config of(int samples) {
      Order post = Order.POST_NORM;
      FeatureNorm norm = FeatureNorm.METHOD;
      Losses losses = Losses.PUBLISHED;
      SpanMask tens = new SpanMask(0.65, 10, 2);
      SpanMask fives = new SpanMask(0.65, 5, 2);
      return switch (this) {
        case BASE ->
            new Wav2Vec2Config(
                samples,
                published(),
                new Context(768, 12, 12, 3072, 128, 16, post, norm),
                new Quantizer(2, 320, 256),
                256,
                tens,
                100,
                losses,
                new Dropouts(0.1, 0.1, 0.1, 0.1, 0.05));
        case LARGE ->
            new Wav2Vec2Config(
                samples,
                published(),
                new Context(1024, 24, 16, 4096, 128, 16, Order.PRE_NORM, norm),
                new Quantizer(2, 320, 768),
                768,
                tens,
                100,
                losses,
                new Dropouts(0.1, 0.1, 0, 0, 0.2));
        case SMALL ->
            new Wav2Vec2Config(
                samples,
                narrow(64),
                new Context(96, 4, 4, 384, 32, 8, post, norm),
                new Quantizer(2, 32, 64),
                64,
                fives,
                20,
                losses,
                Dropouts.NONE);
        case TINY ->
            new Wav2Vec2Config(
                samples,
                narrow(16),
                new Context(32, 2, 2, 64, 16, 4, post, norm),
                new Quantizer(2, 16, 16),
                16,
                fives,
                10,
                losses,
                Dropouts.NONE);
      };
    }
  }

  /**
   * @throws InputException if the numbers do not fit each other; the message says which and why
   */
  public Wav2Vec2Config {
    Checks.require(finalDim >= 1, "final.dim=%d, expected at least 1 channel", finalDim);
    Checks.require(negatives >= 1, "negatives=%d, expected at least 1", negatives);
    int frames = encoder.frames(samples);
    Checks.require(
        frames > mask.length(),
        "waves of %d samples are %d frames, expected more than a span of %d frames that is masked; a frame sees %d samples and the next begins %d later",
        samples,
        frames,
        mask.length(),
        encoder.field(),
        encoder.stride());
    int masked = mask.masked(frames);
    Checks.require(
        masked >= 2 && masked < frames,
        "%d of %d frames are masked, expected at least 2 and not all; change mask.share or mask.length",
        masked,
        frames);
  }

  /** Frames of a wave. */
  public int frames() {
    return encoder.frames(samples);
  }

  /** How many of them are masked. */
  public int masked() {
    return mask.masked(frames());
  }

  /** The same for waves of another length. */
  public Wav2Vec2Config withSamples(int other) {
    return new Wav2Vec2Config(
        other, encoder, context, quantizer, finalDim, mask, negatives, objective, dropouts);
  }

  /** The same with other norms. */
  public Wav2Vec2Config with(Order order, FeatureNorm featureNorm) {
    Context other =
        new Context(
            context.width,
            context.depth,
            context.heads,
            context.hidden,
            context.positionKernel,
            context.positionGroups,
            order,
            featureNorm);
    return new Wav2Vec2Config(
        samples, encoder, other, quantizer, finalDim, mask, negatives, objective, dropouts);
  }

  /** The same with other rates at which things are dropped. */
  public Wav2Vec2Config with(Dropouts other) {
    return new Wav2Vec2Config(
        samples, encoder, context, quantizer, finalDim, mask, negatives, objective, other);
  }

  @Override
  public Stack stack() {
    return Stack.encoderOnly(context.depth());
  }

  @Override
  public double weightsAtMost() {
    return Architecture.ofLayers(context.depth(), context.width(), context.hidden())
        + encoder.weights()
        + (double) context.width() * context.width() * context.positionKernel()
        + (double) quantizer.groups() * quantizer.entries() * (quantizer.dim() + encoder.channels())
        + (double) finalDim * (context.width() + quantizer.dim())
        + (double) context.width() * encoder.channels();
  }
}
