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
   * An op forward, and backward with the gradient of every input, for a given upstream gradient.
   *
   * @param op one of {@link #NAMES}, or {@link #COPY}
   * @param rows of the input
   * @param width of a row
   */
  record Op(String op, int rows, int width) implements Workload {
    /** Ops on rows. */
    public static final List<String> NAMES = List.of("dyt", "deep-norm", "layer-norm", "rms-norm");

    /** A plain copy of the input, forward only, which tells what memory gives. */
    public static final String COPY = "copy";

    /** α of DeepNorm, that of an encoder of six layers. */
    public static final double ALPHA = 1.8612;

    /** Its inputs in their order, as an {@link ArrayFile} names them. */
    public List<String> inputs() {
      return switch (op) {
        case "dyt" -> List.of(WorkloadFile.INPUT, "alpha", "gamma", "beta");
        case "deep-norm" -> List.of(WorkloadFile.INPUT, "branch", "gain", "bias");
        case "layer-norm" -> List.of(WorkloadFile.INPUT, "gain", "bias");
        case "rms-norm" -> List.of(WorkloadFile.INPUT, "gain");
        case COPY -> List.of(WorkloadFile.INPUT);
        default -> throw new IllegalArgumentException("unknown op '" + op + "'");
      };
    }

    /** Inputs of the size of the first one. */
    private int large() {
      return op.equals("deep-norm") ? 2 : 1;
    }

    /**
     * Bytes of the large arrays that are read and written: every input and the output once, and for
     * the gradients every input, the upstream gradient and every gradient once more.
     *
     * @param backward whether the gradients are computed too
     */
    public double bytes(boolean backward) {
      int arrays = large() + 1 + (backward ? 2 * large() + 1 : 0);
      return (double) arrays * rows * width * Float.BYTES;
    }
  }

  /**
   * An op on sequences, forward and backward, with the gradient of every input: of the sum of its
   * output's elements times given numbers.
   *
   * @param op {@code selective-scan}, {@code long-convolution}, {@code attention} or {@code
   *     causal-attention}
   * @param batch sequences
   * @param length positions of each
   * @param channels numbers a position
   * @param states a scan's states a channel, the heads of attention; a convolution has none
   */
  record Sequence(String op, int batch, int length, int channels, int states) implements Workload {
    /** A Mamba block's scan: softplus, D, gate and the bias of δ. */
    public static final String SCAN = "selective-scan";

    /** A convolution with filters as long as the sequence, and d. */
    public static final String CONVOLUTION = "long-convolution";

    /** Attention of every query, the input, to every key. */
    public static final String ATTENTION = "attention";

    /** The same to keys up to the query's own place. */
    public static final String CAUSAL = "causal-attention";

    /** Its inputs in their order, as an {@link ArrayFile} names them. */
    public List<String> inputs() {
      return switch (op) {
        case SCAN -> List.of(WorkloadFile.INPUT, "delta", "a", "b", "c", "skip", "gate", "bias");
        case CONVOLUTION -> List.of(WorkloadFile.INPUT, "filter", "skip");
        case ATTENTION, CAUSAL -> List.of(WorkloadFile.INPUT, "key", "value");
        default -> throw new IllegalArgumentException("unknown op '" + op + "'");
      };
    }
  }
}
