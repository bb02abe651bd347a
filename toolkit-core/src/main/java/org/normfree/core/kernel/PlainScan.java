package org.normfree.core.kernel;

/** The loops of a selective scan, one channel after the other. */
final class PlainScan {
  private static final double LN_2 = Math.log(2);

  private PlainScan() {}

  /** See {@link RowLoops#powers}. */
  static void powers(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = power(x[i]);
    }
  }

  /** See {@link RowLoops#softplus}. */
  static void softplus(float[] x, float[] slope, int n) {
    for (int i = 0; i < n; i++) {
      double e = Math.exp(-Math.abs(x[i]));
      slope[i] = (float) ((x[i] < 0 ? e : 1) / (1 + e));
      x[i] = (float) (Math.max(x[i], 0) + Math.log1p(e));
    }
  }

  private static float power(float exponent) {
    return (float) Math.exp(exponent * LN_2);
  }

  /** See {@link RowLoops#scan}. */
  static void scan(ScanBlock block) {
    int states = block.states;
    for (int column = 0; column < block.width; column++) {
      int base = (block.first + column) * states;
      for (int t = 0; t < block.steps; t++) {
        int i = t * block.width + column;
        float step = block.step[i];
        float in = step * block.u[i];
        float y = block.skip[block.first + column] * block.u[i];
        for (int n = 0; n < states; n++) {
          float decay = power(step * block.rates[base + n]);
          float h = decay * block.state[base + n] + in * block.b[t * states + n];
          block.state[base + n] = h;
          y += h * block.c[t * states + n];
        }
        block.y[i] = y;
      }
    }
  }

  /** See {@link RowLoops#scanGradient}. */
  static void scanGradient(ScanBlock block) {
    for (int column = 0; column < block.width; column++) {
      again(block, column);
      backward(block, column);
    }
  }

  private static void again(ScanBlock block, int column) {
    int states = block.states;
    int base = (block.first + column) * states;
    for (int t = 0; t < block.steps; t++) {
      int i = t * block.width + column;
      float step = block.step[i];
      float in = step * block.u[i];
      float y = block.skip[block.first + column] * block.u[i];
      for (int n = 0; n < states; n++) {
        int kept = t * states + n;
        float decay = power(step * block.rates[base + n]);
        float left = decay * block.state[base + n];
        float h = left + in * block.b[kept];
        block.decays[kept] = decay;
        block.decayed[kept] = left;
        block.state[base + n] = h;
        y += h * block.c[kept];
      }
      block.y[i] = y;
    }
  }

  private static void backward(ScanBlock block, int column) {
    int states = block.states;
    int base = (block.first + column) * states;
    float dSkip = 0;
    for (int t = block.steps - 1; t >= 0; t--) {
      int i = t * block.width + column;
      float step = block.step[i];
      float u = block.u[i];
      float g = block.g[i];
      float in = step * u;
      float toInput = 0;
      float toStep = 0;
      for (int n = 0; n < states; n++) {
        int kept = t * states + n;
        float left = block.decayed[kept];
        float q = g * block.c[kept] + block.later[base + n];
        block.dC[kept] += g * (left + in * block.b[kept]);
        block.dB[kept] += q * in;
        toInput += q * block.b[kept];
        float w = q * left;
        toStep += w * block.rates[base + n];
        block.dRates[base + n] += w * step;
        block.later[base + n] = q * block.decays[kept];
      }
      dSkip += g * u;
      block.du[i] = g * block.skip[block.first + column] + step * toInput;
      block.dStep[i] = (float) (toStep * LN_2) + u * toInput;
    }
    block.dSkip[block.first + column] += dSkip;
  }
}
