package org.normfree.core.nn;

/** What a graph is for. Most networks have one graph for both; see {@link Scope#mode}. */
public enum Mode {
  /** Batch statistics, random inputs drawn, states moved on. */
  TRAINING,
  /** What a trained network computes: nothing in it moves. */
  EVALUATION
}
