package org.normfree.benchmarks.peer;

/**
 * Names of arrays in a workload's {@link ArrayFile}, beside a network's parameters: what the
 * toolkit calls the placeholders of its network, and constants under their own names.
 */
public final class WorkloadFile {
  /** Images, [batch, image, image, channels]; tokens; or an op's input, [rows, width]. */
  public static final String INPUT = "input";

  /** One-hot classes, [batch, classes]. */
  public static final String LABELS = "labels";

  /** Class numbers, [batch]; or the token wanted behind each, [batch, length]. */
  public static final String TARGETS = "targets";

  /** Patches that a masked autoencoder keeps, [batch, kept]. */
  public static final String KEPT = "kept";

  /** Times of a diffusion, [batch]. */
  public static final String TIME = "time";

  /** Its noise, of the images' shape. */
  public static final String NOISE = "noise";

  /** An op's upstream gradient, [rows, width]. */
  public static final String UPSTREAM = "upstream";

  private WorkloadFile() {}
}
