package org.normfree.core.kernel;

import java.util.Arrays;
import org.normfree.core.op.Squash;

/**
 * Arithmetic on blocks of rows that lie in {@code float[]}: what the project's own kernels are made
 * of. Rows lie {@code stride} floats apart, a multiple of {@link #lanes}; what lies between a row's
 * end and the next row, and behind the elements of a vector, is 0 in every argument and anything in
 * a result.
 *
 * <p>The two implementations differ in the last bits only; one and the same gives the same bits
 * every time, compiled or not. An instance keeps arrays for what comes in between, so it belongs to
 * one thread.
 */
interface RowLoops {
  /** Where ISRU has been ±1 for long; a square overflows only later. */
  float ISRU_LIMIT = 0x1p60f;

  /** Where the normal density has been 0 for long; what is left of it is not multiplied by x. */
  float DENSITY_ENDS = 1000;

  /** 2√(2/π), the slope of w in the tanh form of GELU at 0. */
  float TANH_GELU_LINEAR = 1.5957692f;

  /** The coefficient of x³ against that of x there. */
  float TANH_GELU_CUBIC = 0.044715f;

  /** Where σ(w) is 0 or 1; beyond, x³ would overflow at last. */
  float TANH_GELU_ENDS = 24;

  /** Where the smaller of σ and 1 − σ leaves the normal numbers; 0 beyond. */
  float LOGISTIC_ENDS = 87;

  /** What the implementation is called in the log. */
  String name();

  /** The same for another thread. */
  RowLoops another();

  /** How many neighbours are computed at a time. */
  int lanes();

  /** The least allowed distance of rows. */
  default int stride(int columns) {
    return (columns + lanes() - 1) / lanes() * lanes();
  }

  /**
   * The four terms of a dynamic activation as full rows, neutral where one is missing.
   *
   * @param alpha α of each column
   * @param shift s
   * @param gamma γ of each column
   * @param beta β of each column
   */
  record ActivationRow(float[] alpha, float shift, float[] gamma, float[] beta) {}

  /**
   * Sums over rows, each of a stride's length, that a gradient adds to.
   *
   * @param alpha {@code Σ G·γ·p·x}
   * @param shift {@code Σ G·γ·p}
   * @param gamma {@code Σ G·t}
   * @param beta {@code Σ G}
   */
  record ActivationSums(float[] alpha, float[] shift, float[] gamma, float[] beta) {}

  /**
   * How rows are normalized.
   *
   * @param columns length of a row
   * @param centred whether the mean is taken off
   * @param epsilon added to the variance
   * @param valid 1 for each of a row's columns, 0 up to the stride
   */
  record Norm(int columns, boolean centred, double epsilon, float[] valid) {
    Norm(int columns, int stride, boolean centred, double epsilon) {
      this(columns, centred, epsilon, new float[stride]);
      Arrays.fill(valid, 0, columns, 1);
    }

    int stride() {
      return valid.length;
    }

    /**
     * {@code 1/√(mean(z²) + ε)}.
     *
     * @param squares sum of the squares of a row z = x − mean in single precision
     * @param x where that row is, in case single precision had no room for the squares
     * @param at where it begins
     * @param mean what is to be taken off
     */
    float scale(double squares, float[] x, int at, float mean) {
      double sum = squares;
      if (Double.isInfinite(sum)) {
        sum = 0;
        for (int i = at; i < at + columns; i++) {
          float z = x[i] - mean;
          sum += (double) z * z;
        }
      }
      return (float) (1 / Math.sqrt(sum / columns + epsilon));
    }
  }

  /** {@code x ← γ·squash(α·x + s) + β}. */
  void activation(Squash squash, float[] x, int rows, int stride, ActivationRow row);

  /** The gradients, see {@link org.normfree.core.op.DynamicActivationGradient}; dx replaces g. */
  void activationGradient(
      Squash squash,
      float[] x,
      float[] g,
      int rows,
      int stride,
      ActivationRow row,
      ActivationSums sums);

  /** {@code z ← α·z + branch}. */
  void join(float[] z, float alpha, float[] branch, int n);

  /** {@code a ← factor·a}. */
  void scale(float[] a, float factor, int n);

  /** {@code x ← x∘factor + addend}, the same for each row. */
  void affine(float[] x, int rows, int stride, float[] factor, float[] addend);

  /**
   * {@code g ← g∘factor}.
   *
   * @param dFactor gets {@code Σ_rows g∘x} added
   * @param dAddend gets {@code Σ_rows g} added
   */
  void affineGradient(
      float[] x, float[] g, int rows, int stride, float[] factor, float[] dFactor, float[] dAddend);

  /**
   * {@code sums[j] ← sums[j] + Σ_i g[i]∘x[i·step + j·dilation]} for rows i of g and taps j.
   *
   * @param x rows from the first that is seen
   * @param g rows, {@code stride} floats apart
   * @param count rows of g
   * @param stride length of a row in all arrays
   * @param taps number of sums
   * @param step floats from what row i and tap 0 see to what the next row sees
   * @param dilation floats from tap to tap
   * @param sums rows
   * @param at where the first of them begins
   */
  void correlate(
      float[] x,
      float[] g,
      int count,
      int stride,
      int taps,
      int step,
      int dilation,
      float[] sums,
      int at);

  /** {@code x ← gain·x̂ + bias}. */
  void norm(Norm norm, float[] x, int rows, float[] gain, float[] bias);

  /**
   * {@code dx = r·(g − mean(g) − x̂·mean(g·x̂))} with {@code g = G·gain}, the mean only where the
   * norm is centred; what is in x and upstream afterwards does not matter.
   *
   * @param dGain gets {@code Σ_rows G·x̂} added
   * @param dBias gets {@code Σ_rows G} added
   */
  void normGradient(
      Norm norm,
      float[] x,
      float[] upstream,
      int rows,
      float[] gain,
      float[] dx,
      float[] dGain,
      float[] dBias);

  /**
   * {@code sums ← sums + d} and {@code squares ← squares + d²} over rows, {@code d = x − pivot}.
   */
  void moments(float[] x, int rows, int stride, float[] pivot, float[] sums, float[] squares);

  /**
   * {@code sums ← sums + u} and {@code products ← products + u·(x − pivot)} over rows, {@code u =
   * g·gain}.
   */
  void groupSums(
      float[] x,
      float[] g,
      int rows,
      int stride,
      float[] pivot,
      float[] gain,
      float[] sums,
      float[] products);

  /**
   * {@code x ← (x − pivot − offset)·factor + addend + more}.
   *
   * @param more as many rows; null for 0
   * @param rectified whether what is below 0 becomes 0
   */
  void normalize(float[] x, float[] more, boolean rectified, int rows, int stride, GroupRow row);

  /** {@code g ← g} where {@code (x − pivot − offset)·factor + addend > 0}, else 0. */
  void gate(float[] x, float[] g, int rows, int stride, GroupRow row);

  /**
   * {@code toGain ← toGain + g·h} and {@code toBias ← toBias + g} over rows, {@code h = (x − pivot
   * − offset)·scale}, then {@code g ← g·factor + h·slope + addend}.
   *
   * @param toGain null, and toBias too, if nobody wants these sums
   */
  void groupGradient(
      float[] x, float[] g, int rows, int stride, GroupRow row, float[] toGain, float[] toBias);

  /**
   * What is done to a row of batch or group norm.
   *
   * @param pivot near the mean
   * @param offset what the mean is above it
   * @param scale 1/√(variance + ε); of the gradient only
   * @param factor gain·scale
   * @param slope of the gradient only
   * @param addend the bias, or what the gradient has in its place
   */
  record GroupRow(
      float[] pivot,
      float[] offset,
      float[] scale,
      float[] factor,
      float[] slope,
      float[] addend) {}

  /** {@code x ← max(x, 0)}. */
  void relu(float[] x, int n);

  /** {@code g ← g} where {@code x > 0}, else 0. */
  void reluGradient(float[] x, float[] g, int n);

  /** {@code x ← tanh(x)}. */
  void tanh(float[] x, int n);

  /** {@code g ← g·(1 − tanh(x)²)}. */
  void tanhGradient(float[] x, float[] g, int n);

  /** {@code x ← x·Φ(x)}. */
  void gelu(float[] x, int n);

  /** {@code slope ← Φ(x) + x·φ(x)}, then {@code x ← x·Φ(x)}. */
  void geluWithSlope(float[] x, float[] slope, int n);

  /** {@code g ← g·(Φ(x) + x·φ(x))}. */
  void geluGradient(float[] x, float[] g, int n);

  /** {@code x ← x·σ(w)}, {@code w = 2√(2/π)(x + 0.044715x³)}. */
  void tanhGelu(float[] x, int n);

  /** {@code slope ← σ(w) + x·σ(w)(1 − σ(w))·w′}, then {@code x ← x·σ(w)}. */
  void tanhGeluWithSlope(float[] x, float[] slope, int n);

  /** {@code g ← g·(σ(w) + x·σ(w)(1 − σ(w))·w′)}. */
  void tanhGeluGradient(float[] x, float[] g, int n);

  /** {@code x ← x·σ(x)}. */
  void silu(float[] x, int n);

  /** {@code slope ← σ(x)·(1 + x·(1 − σ(x)))}, then {@code x ← x·σ(x)}. */
  void siluWithSlope(float[] x, float[] slope, int n);

  /** {@code g ← g·σ(x)·(1 + x·(1 − σ(x)))}. */
  void siluGradient(float[] x, float[] g, int n);

  /** {@code sums ← sums + Σ_rows x}. */
  void columnSums(float[] x, int rows, int stride, float[] sums);

  /** {@code y = 2^x} as a scan takes it, {@code n} a multiple of the lanes. */
  void powers(float[] x, float[] y, int n);

  /** {@code slope ← σ(x)}, then {@code x ← log(1 + e^x)}. */
  void softplus(float[] x, float[] slope, int n);

  /** The steps of a block, one after the other: y and the state behind them. */
  void scan(ScanBlock block);

  /**
   * The same, and from the last step to the first their gradients; see {@link
   * org.normfree.core.op.SelectiveScanGradient}.
   */
  void scanGradient(ScanBlock block);

  /**
   * A matrix in an array: element (i, j) is {@code array[at + i·rowStep + j·columnStep]}.
   *
   * @param array what it lies in
   * @param at where element (0, 0) is
   * @param rowStep floats from a row to the next
   * @param columnStep floats from a column to the next
   */
  record Operand(float[] array, int at, int rowStep, int columnStep) {
    /** Rows whose columns lie side by side. */
    static Operand rows(float[] array, int at, int rowStep) {
      return new Operand(array, at, rowStep, 1);
    }

    Operand transposed() {
      return new Operand(array, at, columnStep, rowStep);
    }
  }

  /**
   * A matrix in panels of {@link #panel} columns that lie side by side.
   *
   * @param array what it lies in
   * @param at where element (0, 0) is
   * @param rowStep floats from a row of a panel to the next
   * @param panelStep floats from a panel to the next
   */
  record Panels(float[] array, int at, int rowStep, int panelStep) {}

  /** Columns of a panel, a multiple of {@link #lanes}. */
  int panel();

  /** Rows beyond the last that {@link #product} may read of a and write of c. */
  int ROWS_BEYOND = 7;

  /**
   * {@code c ← a·b}, or {@code c ← c + a·b}; the inner sums run from the first index to the last.
   *
   * @param a [rows, inner]; up to {@link #ROWS_BEYOND} further rows are there, whatever is in them
   * @param b [inner, columns]
   * @param c [rows, columns], columns side by side; as many further rows are there and may get any
   *     numbers
   * @param columns a multiple of {@link #lanes}
   * @param added whether c is added to
   */
  void product(Operand a, Panels b, Operand c, int rows, int inner, int columns, boolean added);

  /**
   * Columns of a matrix as rows of another in panels, 0 behind the last column of the last panel.
   *
   * @param rows the matrix
   * @param at where its first row begins
   * @param stride floats from a row to the next
   * @param count number of rows, which become columns
   * @param columns number of columns, which become rows
   * @param panels gets panel after panel, rows side by side
   */
  default void transpose(float[] rows, int at, int stride, int count, int columns, float[] panels) {
    int width = panel();
    for (int first = 0; first < count; first += width) {
      int there = Math.min(width, count - first);
      int to = first * columns;
      for (int i = 0; i < there; i++) {
        int from = at + (first + i) * stride;
        for (int c = 0; c < columns; c++) {
          panels[to + c * width + i] = rows[from + c];
        }
      }
      if (there < width) {
        for (int c = 0; c < columns; c++) {
          Arrays.fill(panels, to + c * width + there, to + (c + 1) * width, 0);
        }
      }
    }
  }

  /**
   * {@code x ← softmax(scale·x)} down each column, over the first so many rows; 0 below them.
   *
   * @param stride floats from a row to the next
   * @param columns a multiple of {@link #lanes}
   * @param visible for each column, how many rows share its weight; 0 gives a column of zeros
   */
  void softmax(float[] x, int stride, int rows, int columns, float[] visible, float scale);

  /** {@code g ← scale·p∘(g − Σ p∘g)}, the sums down the columns. */
  void softmaxGradient(float[] p, float[] g, int stride, int rows, int columns, float scale);

  /** The sum of each row of as many floats as there are lanes. */
  void laneSums(float[] rows, int count, float[] sums);

  /** Loops over sequences, of the same kind and with as many lanes. */
  SignalLoops signals();

  /** The transforms of Winograd's convolution, for as many lanes. */
  WinogradLoops winograd();
}
