package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.MaskMoments;
import org.normfree.core.optim.MaskedSteps;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.experiments.run.Quantity;

/**
 * Mean and root mean square of Adam's steps when masks are drawn over gradients {@code μ + σz} of
 * one distribution, over those without a mask, beside what {@link MaskMoments} says of β₂ → 1. The
 * same numbers z reach all of them.
 */
final class StationarySteps {
  /** Axis of the values: μ²/(μ² + σ²). */
  static final String SIGNAL = "signal";

  /** Shares μ²/(μ² + σ²) of the mean in the mean square: pure noise to pure signal. */
  private static final List<Double> SIGNALS = List.of(0.0, 0.25, 0.5, 0.9, 1.0);

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.9999;
  private static final int ELEMENTS = 500;

  /** Steps in which the averages settle, as a share of all. */
  private static final double SETTLING = 0.25;

  private final int steps;
  private final long seed;
  private final Map<String, INDArray> gradients = new LinkedHashMap<>();

  /**
   * @param steps how many, at least 4
   * @param seed of the gradients and the masks
   */
  StationarySteps(int steps, long seed) {
    this.steps = steps;
    this.seed = seed;
    SIGNALS.forEach(signal -> gradients.put(String.valueOf(signal), zeros()));
  }

  private static INDArray zeros() {
    return Nd4j.zeros(DataType.DOUBLE, ELEMENTS);
  }

  /** Sums over the steps of one optimizer, by signal. */
  private final class Taken {
    private final Map<String, INDArray> parameters = new LinkedHashMap<>();
    private final Map<String, double[]> sums = new LinkedHashMap<>();
    private final Optimizer optimizer;

    Taken(double kept) {
      gradients.keySet().forEach(name -> parameters.put(name, zeros()));
      gradients.keySet().forEach(name -> sums.put(name, new double[2]));
      List<String> names = List.copyOf(parameters.keySet());
      Optimizer adam =
          new AdamW(
              parameters, List.of(new ParameterGroup(names, 0, 1)), BETA1, BETA2, AdamW.EPSILON);
      optimizer = kept == 1 ? adam : MaskedSteps.randomGradients(adam, kept, seed);
    }

    void step(boolean counted) {
      Map<String, INDArray> before = new LinkedHashMap<>();
      Map<String, INDArray> own = new LinkedHashMap<>();
      parameters.forEach((name, array) -> before.put(name, array.dup()));
      gradients.forEach((name, array) -> own.put(name, array.dup()));
      optimizer.step(1, own);
      if (counted) {
        parameters.forEach(
            (name, array) -> {
              INDArray step = before.get(name).sub(array);
              double norm = step.norm2Number().doubleValue();
              sums.get(name)[0] += step.sumNumber().doubleValue();
              sums.get(name)[1] += norm * norm;
            });
      }
    }

    double meanRatio(Taken plain, String signal) {
      return sums.get(signal)[0] / plain.sums.get(signal)[0];
    }

    double rmsRatio(Taken plain, String signal) {
      return Math.sqrt(sums.get(signal)[1] / plain.sums.get(signal)[1]);
    }
  }

  /**
   * @param kept shares of elements that a mask keeps
   * @return {@code mean_step_ratio} and {@code rms_step_ratio} by share and signal, and by share
   *     their largest deviation from the formulas in percent, {@code mean_step_error} and {@code
   *     rms_step_error}
   */
  Map<String, Double> ratios(List<Double> kept) {
    Taken plain = new Taken(1);
    List<Taken> masked = kept.stream().map(Taken::new).toList();
    List<Taken> all = new ArrayList<>(masked);
    all.add(plain);
    for (int step = 0; step < steps; step++) {
      draw(step);
      boolean counted = step >= SETTLING * steps;
      all.forEach(taken -> taken.step(counted));
    }
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < masked.size(); i++) {
      String share = String.valueOf(kept.get(i));
      double meanError = 0;
      double rmsError = 0;
      for (double signal : SIGNALS) {
        MaskMoments moments =
            new MaskMoments(Math.sqrt(signal), Math.sqrt(1 - signal), kept.get(i));
        String name = String.valueOf(signal);
        Map<String, String> place =
            new TreeMap<>(Map.of(ChildTuning.KEPT_AXIS, share, SIGNAL, name));
        double rms = masked.get(i).rmsRatio(plain, name);
        values.put(new Quantity("rms_step_ratio", place).toString(), rms);
        rmsError = Math.max(rmsError, deviation(rms, moments.adamRmsRatio(BETA1)));
        if (signal > 0) {
          double mean = masked.get(i).meanRatio(plain, name);
          values.put(new Quantity("mean_step_ratio", place).toString(), mean);
          meanError = Math.max(meanError, deviation(mean, moments.adamMeanRatio()));
        }
      }
      values.put(Quantity.at("mean_step_error", ChildTuning.KEPT_AXIS, share), meanError);
      values.put(Quantity.at("rms_step_error", ChildTuning.KEPT_AXIS, share), rmsError);
    }
    return values;
  }

  private static double deviation(double measured, double said) {
    return 100 * Math.abs(measured / said - 1);
  }

  private void draw(int step) {
    Rng random = Rng.of(seed, "stationary", step);
    double[] z = new double[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      z[i] = random.gaussian();
    }
    INDArray noise = Nd4j.createFromArray(z);
    SIGNALS.forEach(
        signal ->
            gradients
                .get(String.valueOf(signal))
                .assign(noise.mul(Math.sqrt(1 - signal)).addi(Math.sqrt(signal))));
  }
}
