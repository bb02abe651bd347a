package org.normfree.core.kernel;

/**
 * Some steps of a selective scan for some channels that lie side by side, as {@link RowLoops} go
 * through them; one thread's.
 *
 * <p>Arrays a step and channel have rows of {@link #width} floats. What there is for each channel
 * and number of state lies in groups of as many channels as the loops have lanes, [group, N,
 * lanes], for all channels of the thread; {@link #first} is the block's first. Rates are {@code
 * A·log₂e}, so that decays are powers of 2.
 */
final class ScanBlock {
  /** Number of state of a channel, N. */
  final int states;

  /** Number of channels that lie side by side in registers. */
  final int lanes;

  /** Channels of the block, a multiple of the lanes. */
  int width;

  /** The block's first channel among the thread's. */
  int first;

  /** Steps of the block. */
  int steps;

  /** The input u. */
  float[] u;

  /** The step Δ. */
  float[] step;

  /** What comes out before the gate. */
  float[] y;

  /** B and C, [steps, N]. */
  float[] b;

  float[] c;

  /** D of each of the thread's channels. */
  float[] skip;

  float[] rates;

  /** h, before the block's steps and then behind them. */
  float[] state;

  /** For the gradient: that of y. */
  float[] g;

  float[] du;
  float[] dStep;

  /** {@code exp(Δ_t·A)}, of one group of channels, [steps, N, lanes]. */
  float[] decays;

  /** {@code exp(Δ_t·A)∘h_{t−1}}, the same. */
  float[] decayed;

  /** What the steps behind give to q. */
  float[] later;

  float[] dSkip;

  /** Gets {@code Σ Δ_t·w_t} added. */
  float[] dRates;

  /** Get the gradients of B and C added, a sum a lane, [steps, N, lanes]. */
  float[] dB;

  float[] dC;

  ScanBlock(int states, int lanes) {
    this.states = states;
    this.lanes = lanes;
  }
}
