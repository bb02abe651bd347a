package org.normfree.benchmarks.peer;

import java.util.Arrays;

/** What all sides of a comparison do. A workload is one word, so it fits a command line. */
public sealed interface Workload {
  /** The workload as one word; {@link #parse} reads it. */
  String word();

  /**
   * @param word what {@link #word} gave
   * @throws IllegalArgumentException if it is not one
   */
  static Workload parse(String word) {
    String[] parts = word.split(":", -1);
    int[] sizes = Arrays.stream(parts).skip(2).mapToInt(Integer::parseInt).toArray();
    return switch (parts[0]) {
      case "vit" ->
          new Vit(
              parts[1], sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6],
              sizes[7]);
      case "lm" ->
          new Lm(parts[1], sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]);
      case "op" -> new Op(parts[1], sizes[0], sizes[1]);
      default -> throw new IllegalArgumentException("unknown workload '" + word + "'");
    };
  }

  /**
   * Training a network on one batch, over and over, by AdamW with the settings below; parameters of
   * rank 2 and more decay.
   */
  sealed interface Training extends Workload {
    /** Learning rate of AdamW. */
    double RATE = 1e-3;

    /** Its weight decay. */
    double DECAY = 0.05;

    /** ε of normalization layers. */
    double EPSILON = 1e-6;

    /**
     * Floating-point operations of the products of a training step: a multiplication and an
     * addition each.
     */
    double flop();
  }

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
  record Vit(
      String method,
      int batch,
      int image,
      int channels,
      int patch,
      int width,
      int depth,
      int heads,
      int classes)
      implements Training {
    /** Tokens of an image. */
    public int tokens() {
      return (image / patch) * (image / patch);
    }

    /** Numbers of a patch. */
    public int patchSize() {
      return patch * patch * channels;
    }

    /** Channels of the feed-forward network. */
    public int hidden() {
      return 4 * width;
    }

    /** Backward takes twice as many as forward, but the images get no gradient. */
    @Override
    public double flop() {
      double rows = (double) batch * tokens();
      double linears = rows * width * (4.0 * width + 2.0 * hidden());
      double attention = 2.0 * rows * tokens() * width;
      double patches = rows * patchSize() * width;
      double head = (double) batch * width * classes;
      return 2 * (3 * (depth * (linears + attention) + head) + 2 * patches);
    }

    @Override
    public String word() {
      return "vit:%s:%s:%s:%s:%s:%s:%s:%s:%s"
          .formatted(method, batch, image, channels, patch, width, depth, heads, classes);
    }
  }

  /**
   * Training a decoder-only language model of LLaMA's shape: rotary positions, SwiGLU, no biases,
   * an output projection of its own.
   *
   * @param method {@code rms-norm}, in the toolkit's names
   * @param batch sequences
   * @param length tokens of a sequence
   * @param vocabulary number of tokens
   * @param width channels of the residual stream
   * @param depth blocks
   * @param heads attention heads
   * @param hidden channels of the feed-forward network
   */
  record Lm(
      String method,
      int batch,
      int length,
      int vocabulary,
      int width,
      int depth,
      int heads,
      int hidden)
      implements Training {
    /** Base of the rotary angles. */
    public static final double ROTARY_BASE = 10_000;

    /** Attention counts half, because a token sees only those before it. */
    @Override
    public double flop() {
      double rows = (double) batch * length;
      double linears = rows * width * (4.0 * width + 3.0 * hidden);
      double attention = rows * length * width;
      double head = rows * width * vocabulary;
      return 6 * (depth * (linears + attention) + head);
    }

    @Override
    public String word() {
      return "lm:%s:%s:%s:%s:%s:%s:%s:%s"
          .formatted(method, batch, length, vocabulary, width, depth, heads, hidden);
    }
  }

  /**
   * An op forward and backward, with the gradient of every input, for a given upstream gradient.
   *
   * @param op {@code dyt} or {@code layer-norm}
   * @param rows of the input
   * @param width of a row
   */
  record Op(String op, int rows, int width) implements Workload {
    @Override
    public String word() {
      return "op:%s:%s:%s".formatted(op, rows, width);
    }
  }
}
