package org.normfree.core.model.dna;

import org.normfree.core.model.Checks;

/**
 * Shape of a Mamba mixer. Source: arXiv 2312.00752 and the repository state-spaces/mamba.
 *
 * @param width D, channels of the residual stream
 * @param state N, numbers that the scan remembers of each channel; 16 is usual
 * @param kernel taps of the short convolution; 4 is usual
 * @param expand channels inside over channels of the stream; 2 is usual
 * @param rank R of the map to the steps δ; ⌈D/16⌉ is usual
 */
public record MambaShape(int width, int state, int kernel, int expand, int rank) {
  private static final int STATE = 16;
  private static final int KERNEL = 4;
  private static final int EXPAND = 2;

  /**
   * @throws org.normfree.core.InputException if a number is below 1
   */
  public MambaShape {
    Checks.require(width >= 1, "width=%d, expected at least 1 channel", width);
    Checks.require(state >= 1, "mamba.state=%d, expected at least 1 number a channel", state);
    Checks.require(kernel >= 1, "mamba.kernel=%d taps, expected at least 1", kernel);
    Checks.require(expand >= 1, "mamba.expand=%d, expected at least 1", expand);
    Checks.require(rank >= 1, "mamba.rank=%d, expected at least 1", rank);
  }

  /** The usual shape of a width. */
  public static MambaShape of(int width) {
    return of(width, STATE);
  }

  /** The usual shape of a width, with another state. */
  public static MambaShape of(int width, int state) {
    return new MambaShape(width, state, KERNEL, EXPAND, (width + 15) / 16);
  }

  /** Weights of a mixer, in two directions that share nothing at most. */
  double weights() {
    double inner = (double) width * expand;
    return inner * (6.0 * width + 6.0 * (rank + state + kernel));
  }

  /** Channels inside the mixer, E. */
  int inner() {
    return width * expand;
  }
}
