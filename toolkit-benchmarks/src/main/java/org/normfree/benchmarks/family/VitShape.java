package org.normfree.benchmarks.family;

import java.util.Arrays;
import java.util.List;
import org.normfree.benchmarks.peer.VitTraining;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/** The Vision Transformers of the benches. */
public enum VitShape {
  /** Width 192, depth 6, 3 heads, 64 tokens, batch 32: 34.4 GFLOP. */
  VIT_192("vit-192", 32, 32, 3, 4, 192, 6, 3),
  /** Width 384, depth 12, 6 heads, 64 tokens, batch 8. */
  VIT_384("vit-384", 8, 32, 3, 4, 384, 12, 6),
  /** Width 64, depth 24, 2 heads, 16 tokens, batch 64: many small ops. */
  VIT_64("vit-64", 64, 16, 3, 4, 64, 24, 2),
  /** MNIST, width 64, depth 4, 4 heads, 49 tokens, batch 100. */
  MNIST_64("mnist-64", 100, 28, 1, 4, 64, 4, 4),
  /** The studies' digits, width 64, depth 4, 4 heads, 16 tokens, batch 32. */
  DIGITS_64("digits-64", 32, 8, 1, 2, 64, 4, 4),
  /** The same at the width of the studies' quick presets, 32, with 2 heads. */
  DIGITS_32("digits-32", 32, 8, 1, 2, 32, 4, 2),
  /** So small that it is only good for a test. */
  TINY("tiny", 4, 8, 3, 4, 16, 2, 2);

  private final String title;
  private final int batch;
  private final int image;
  private final int channels;
  private final int patch;
  private final int width;
  private final int depth;
  private final int heads;

  VitShape(
      String title,
      int batch,
      int image,
      int channels,
      int patch,
      int width,
      int depth,
      int heads) {
    this.title = title;
    this.batch = batch;
    this.image = image;
    this.channels = channels;
    this.patch = patch;
    this.width = width;
    this.depth = depth;
    this.heads = heads;
  }

  /** The name in options and tables. */
  public String title() {
    return title;
  }

  /** The network with a method, on images of ten classes. */
  public VitTraining with(String method) {
    return withDepth(method, depth);
  }

  /** The network with a method and another depth. */
  public VitTraining withDepth(String method, int blocks) {
    return new VitTraining(method, batch, image, channels, patch, width, blocks, heads, 10);
  }

  /**
   * @throws InputException if there is no such shape; it suggests the nearest
   */
  public static VitShape named(String name) {
    List<String> names = Arrays.stream(values()).map(VitShape::title).toList();
    return Arrays.stream(values())
        .filter(s -> s.title.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "unknown shape '%s', %s".formatted(name, Suggestion.forName(name, names))));
  }
}
