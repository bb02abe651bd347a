package org.normfree.core.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

/**
 * An optimizer that sees or takes only some elements of each step, as ChildTuning does:
 *
 * <ul>
 *   <li>{@link #randomGradients} (ChildTuning-F): {@code g ← g∘M/p}, M anew at every step, before
 *       the optimizer's averages. Under Adam that is about the rate times √p in the mean, with the
 *       noise kept;
 *   <li>{@link #fixedGradients} (ChildTuning-D): {@code g ← g∘M} with one M throughout, such as
 *       {@link Fisher#largest}, not divided;
 *   <li>{@link #randomUpdates}: the optimizer's own change of the parameters times M/p.
 * </ul>
 *
 * Weight decay lies outside of the masks of gradients: parameters that are masked still decay, as
 * in the official code. Source: arXiv 2109.05687, sections 2.2 and 2.3; kexue.fm/archives/8764.
 */
public final class MaskedSteps implements Optimizer {
  private static final String STEPS = "mask.step";

  private final Optimizer inner;

  /** The parameters whose updates are masked; empty where gradients are. */
  private final Map<String, INDArray> watched;

  private final Mask mask;
  private final ElementLoop loop = new ElementLoop(3);
  private final Map<String, INDArray> before = new LinkedHashMap<>();
  private long steps;

  private MaskedSteps(Optimizer inner, Map<String, INDArray> watched, Mask mask) {
    this.inner = inner;
    this.watched = new LinkedHashMap<>(watched);
    this.mask = mask;
  }

  /** Adds to a loop what masks an array, or its distance from a start, at a step. */
  @FunctionalInterface
  private interface Mask {
    void add(ElementLoop loop, String name, long step, INDArray... arrays);
  }

  /**
   * ChildTuning-F.
   *
   * @param inner the optimizer
   * @param kept p, the share of elements that count, above 0 and at most 1
   * @param seed the run's seed
   */
  public static Optimizer randomGradients(Optimizer inner, double kept, long seed) {
    return new MaskedSteps(inner, Map.of(), random(new ElementMask(kept, seed)));
  }

  /**
   * ChildTuning-D.
   *
   * @param inner the optimizer
   * @param masks 1 for elements that are trained and 0 for others, by parameter, of its type; those
   *     without a mask are trained
   */
  public static Optimizer fixedGradients(Optimizer inner, Map<String, INDArray> masks) {
    Map<String, INDArray> own = new LinkedHashMap<>(masks);
    return new MaskedSteps(
        inner,
        Map.of(),
        (loop, name, step, arrays) -> {
          INDArray factors = own.get(name);
          if (factors != null) {
            loop.add(
                name,
                (rows, n) -> times(rows[0], rows[1], n),
                (rows, n) -> times(rows[0], rows[1], n),
                1,
                arrays[0],
                factors);
          }
        });
  }

  /**
   * Masks of updates.
   *
   * @param inner the optimizer
   * @param parameters what it changes
   * @param kept p, the share of elements that move, above 0 and at most 1
   * @param seed the run's seed
   */
  public static Optimizer randomUpdates(
      Optimizer inner, Map<String, INDArray> parameters, double kept, long seed) {
    return new MaskedSteps(inner, parameters, random(new ElementMask(kept, seed)));
  }

  private static Mask random(ElementMask mask) {
    return (loop, name, step, arrays) -> {
      ElementMask.Draw draw = mask.draw(name, step);
      if (arrays.length == 1) {
        loop.addAt(
            name,
            (rows, from, n) -> {
              draw.fill(rows[1], from, n);
              times(rows[0], rows[1], n);
            },
            (rows, from, n) -> {
              draw.fill(rows[1], from, n);
              times(rows[0], rows[1], n);
            },
            1,
            arrays);
      } else {
        loop.addAt(
            name,
            (rows, from, n) -> {
              draw.fill(rows[2], from, n);
              between(rows[0], rows[1], rows[2], n);
            },
            (rows, from, n) -> {
              draw.fill(rows[2], from, n);
              between(rows[0], rows[1], rows[2], n);
            },
            1,
            arrays);
      }
    };
  }

  private static void times(float[] x, float[] factors, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= factors[i];
    }
  }

  private static void times(double[] x, double[] factors, int n) {
    for (int i = 0; i < n; i++) {
      x[i] *= factors[i];
    }
  }

  private static void between(float[] x, float[] start, float[] factors, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] - start[i]) * factors[i] + start[i];
    }
  }

  private static void between(double[] x, double[] start, double[] factors, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] - start[i]) * factors[i] + start[i];
    }
  }

  @Override
  public void step(double learningRate, Map<String, INDArray> gradients) {
    steps++;
    if (watched.isEmpty()) {
      gradients.forEach((name, gradient) -> mask.add(loop, name, steps, gradient));
      loop.run();
      inner.step(learningRate, gradients);
      return;
    }
    watched.forEach(
        (name, array) -> before.computeIfAbsent(name, key -> array.ulike()).assign(array));
    inner.step(learningRate, gradients);
    watched.forEach((name, array) -> mask.add(loop, name, steps, array, before.get(name)));
    loop.run();
  }

  @Override
  public Map<String, INDArray> state() {
    Map<String, INDArray> state = new LinkedHashMap<>(inner.state());
    state.put(STEPS, Nd4j.scalar(DataType.INT64, steps));
    return state;
  }

  @Override
  public void restore(Map<String, INDArray> state) {
    Map<String, INDArray> others = new LinkedHashMap<>(state);
    INDArray saved = others.remove(STEPS);
    if (saved == null) {
      throw new InputException(
          "the optimizer's state has no '%s': it belongs to a run whose steps are not masked; use that run's settings"
              .formatted(STEPS));
    }
    inner.restore(others);
    steps = saved.getLong(0);
  }
}
