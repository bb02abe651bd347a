package org.normfree.benchmarks.peer;

import java.util.List;

/** What all sides of a comparison do. A workload is one word, so it fits a command line. */
public sealed interface Workload {
  /** The workload as one word; {@link #parse} reads it. */
  default String word() {
    return Words.of((Record) this);
  }

  /**
   * @param word what {@link #word} gave
   * @throws IllegalArgumentException if it is not one
   */
  static Workload parse(String word) {
    return Words.parse(Workload.class, word);
  }

  /**
   * Training a network on one batch, over and over, by AdamW with the settings below; parameters of
   * rank 2 and more decay.
   */
  sealed interface Training extends Workload
      permits VitTraining,
          LmTraining,
          ConvNeXtTraining,
          ResNetTraining,
          MaeTraining,
          DitTraining,
          HyenaTraining,
          CaduceusTraining,
          Wav2VecTraining {
    /** Learning rate of AdamW. */
    double RATE = 1e-3;

    /** Its weight decay. */
    double DECAY = 0.05;

    /** ε of normalization layers over channels. */
    double EPSILON = 1e-6;

    /** The method, by its name in the toolkit. */
    String method();

    /**
     * Floating-point operations of the products and convolutions of a training step: a
     * multiplication and an addition each.
     */
    double flop();
  }

  /**
   * An op forward and backward, with the gradient of every input, for a given upstream gradient.
   *
   * @param op {@code dyt} or {@code layer-norm}
   * @param rows of the input
   * @param width of a row
   */
  record Op(String op, int rows, int width) implements Workload {}

  /**
   * An op on sequences, forward and backward, with the gradient of every input: of the sum of its
   * output's elements times given numbers.
   *
   * @param op {@code selective-scan} or {@code long-convolution}
   * @param batch sequences
   * @param length positions of each
   * @param channels numbers a position
   * @param states a scan's states a channel; a convolution has none
   */
  record Sequence(String op, int batch, int length, int channels, int states) implements Workload {
    /** A Mamba block's scan: softplus, D, gate and the bias of δ. */
    public static final String SCAN = "selective-scan";

    /** A convolution with filters as long as the sequence, and d. */
    public static final String CONVOLUTION = "long-convolution";

    /** Its inputs in their order, as an {@link ArrayFile} names them. */
    public List<String> inputs() {
      return op.equals(SCAN)
          ? List.of(WorkloadFile.INPUT, "delta", "a", "b", "c", "skip", "gate", "bias")
          : List.of(WorkloadFile.INPUT, "filter", "skip");
    }
  }
}
