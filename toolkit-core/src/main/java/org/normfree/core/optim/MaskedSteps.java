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

  private final MaskOf mask;
  private final Map<String, INDArray> before = new LinkedHashMap<>();
  private long steps;

  private MaskedSteps(Optimizer inner, Map<String, INDArray> watched, MaskOf mask) {
    this.inner = inner;
    this.watched = new LinkedHashMap<>(watched);
    this.mask = mask;
  }

  /** A step's mask of an array. */
  @FunctionalInterface
  private interface MaskOf {
    INDArray of(String name, INDArray like, long step);
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
   * @param masks 1 for elements that are trained and 0 for others, by parameter; those without a
   *     mask are trained
   */
  public static Optimizer fixedGradients(Optimizer inner, Map<String, INDArray> masks) {
    Map<String, INDArray> own = new LinkedHashMap<>(masks);
    return new MaskedSteps(inner, Map.of(), (name, like, step) -> own.get(name));
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

  private static MaskOf random(ElementMask mask) {
    return (name, like, step) ->
        Nd4j.createFromArray(mask.draw(name, step, Math.toIntExact(like.length())))
            .castTo(like.dataType())
            .reshape(like.shape());
  }

  @Override
  public void step(double learningRate, Map<String, INDArray> gradients) {
    steps++;
    if (watched.isEmpty()) {
      gradients.forEach(this::apply);
      inner.step(learningRate, gradients);
      return;
    }
    watched.forEach(
        (name, array) -> before.computeIfAbsent(name, key -> array.ulike()).assign(array));
    inner.step(learningRate, gradients);
    watched.forEach(
        (name, array) -> {
          INDArray start = before.get(name);
          array.subi(start);
          apply(name, array);
          array.addi(start);
        });
  }

  private void apply(String name, INDArray array) {
    INDArray elements = mask.of(name, array, steps);
    if (elements != null) {
      array.muli(elements);
    }
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
