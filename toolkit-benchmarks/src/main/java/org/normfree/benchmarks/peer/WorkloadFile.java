package org.normfree.benchmarks.peer;

/** Names of a workload's arrays in its {@link ArrayFile}, beside a network's parameters. */
public final class WorkloadFile {
  /** Images, [batch, image, image, channels], or an op's input, [rows, width]. */
  public static final String INPUT = "input";

  /** One-hot classes, [batch, classes]. */
  public static final String LABELS = "labels";

  /** An op's upstream gradient, [rows, width]. */
  public static final String UPSTREAM = "upstream";

  private WorkloadFile() {}
}
