package org.normfree.core.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;

/**
 * An exponential moving average of parameters, {@code s ← d·s + (1 − d)·p} after every step, that
 * starts as a copy of them.
 */
public final class Ema {
  private final Map<String, INDArray> parameters;
  private final Map<String, INDArray> shadow = new LinkedHashMap<>();
  private final double decay;
  private final ElementLoop loop = new ElementLoop(2);

  /**
   * @param parameters the arrays to average, by name, FLOAT or DOUBLE
   * @param decay d, above 0 and below 1, usually 0.999 or more
   * @throws InputException if the decay is out of range
   */
  public Ema(Map<String, INDArray> parameters, double decay) {
    if (!(decay > 0 && decay < 1)) {
      throw new InputException(
          "the EMA decay is %s; expected a number between 0 and 1, for example 0.999"
              .formatted(decay));
    }
    this.parameters = new LinkedHashMap<>(parameters);
    this.decay = decay;
    parameters.forEach((name, array) -> shadow.put(name, array.dup('c')));
  }

  /** Takes the parameters' present values into the average. */
  public void update() {
    parameters.forEach(
        (name, parameter) ->
            loop.add(
                name,
                (rows, n) -> {
                  float[] s = rows[0];
                  float[] p = rows[1];
                  float d = (float) decay;
                  float rest = (float) (1 - decay);
                  for (int i = 0; i < n; i++) {
                    s[i] = d * s[i] + rest * p[i];
                  }
                },
                (rows, n) -> {
                  double[] s = rows[0];
                  double[] p = rows[1];
                  for (int i = 0; i < n; i++) {
                    s[i] = decay * s[i] + (1 - decay) * p[i];
                  }
                },
                1,
                shadow.get(name),
                parameter));
    loop.run();
  }

  /**
   * Runs something while the parameters hold their averages; afterwards they are, bit for bit, what
   * they were.
   *
   * @param evaluation what to run; it must not change the parameters
   */
  public void whileAveraged(Runnable evaluation) {
    swap();
    try {
      evaluation.run();
    } finally {
      swap();
    }
  }

  private void swap() {
    parameters.forEach(
        (name, parameter) ->
            loop.add(
                name,
                (rows, n) -> {
                  for (int i = 0; i < n; i++) {
                    float s = rows[0][i];
                    rows[0][i] = rows[1][i];
                    rows[1][i] = s;
                  }
                },
                (rows, n) -> {
                  for (int i = 0; i < n; i++) {
                    double s = rows[0][i];
                    rows[0][i] = rows[1][i];
                    rows[1][i] = s;
                  }
                },
                2,
                shadow.get(name),
                parameter));
    loop.run();
  }

  /**
   * @return copies of the averages by their parameter's name
   */
  public Map<String, INDArray> state() {
    Map<String, INDArray> copy = new LinkedHashMap<>();
    shadow.forEach((name, array) -> copy.put(name, array.dup()));
    return copy;
  }

  /**
   * @param state what {@link #state} gave, of an average over the same parameters
   * @throws InputException if an array is missing, superfluous or of another shape
   */
  public void restore(Map<String, INDArray> state) {
    NamedArrays.requireSame("weight average", shadow, state);
    shadow.forEach((name, array) -> array.assign(state.get(name)));
  }
}
