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
      case "op" -> new Op(parts[1], sizes[0], sizes[1]);
      default -> throw new IllegalArgumentException("unknown workload '" + word + "'");
    };
  }

  /**
   * Training a Vision Transformer with pre-normalization on one batch, over and over: mean pooling,
   * MLP ratio 4, no drop path, AdamW with the settings below, all matrices and the positions
   * decaying.
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
      implements Workload {
    /** Learning rate of AdamW. */
    public static final double RATE = 1e-3;

    /** Its weight decay, of parameters of rank 2 and more. */
    public static final double DECAY = 0.05;

    /** ε of layer norms. */
    public static final double EPSILON = 1e-6;

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

    /**
     * Floating-point operations of the products of a training step: a multiplication and an
     * addition each; backward twice as many as forward, but the images get no gradient.
     */
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
      return "vit:%s:%d:%d:%d:%d:%d:%d:%d:%d"
          .formatted(method, batch, image, channels, patch, width, depth, heads, classes);
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
      return "op:%s:%d:%d".formatted(op, rows, width);
    }
  }
}
