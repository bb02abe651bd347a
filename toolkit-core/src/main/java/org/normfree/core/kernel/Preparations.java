package org.normfree.core.kernel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/** What a kernel can prepare, by the class of the op. */
final class Preparations {
  private final Map<Class<?>, Preparation<DifferentialFunction>> byClass = new HashMap<>();

  /**
   * Arrays at fixed places.
   *
   * @param inputs the op's inputs
   * @param outputs where its outputs go
   * @param threads size of the team that will run the task
   */
  record Arrays(List<Tensor> inputs, List<Tensor> outputs, int threads) {
    Tensor input(int index) {
      return inputs.get(index);
    }

    Tensor output(int index) {
      return outputs.get(index);
    }

    /** An output that only somebody wants at times; null if nobody does. */
    Tensor further(int index) {
      return index < outputs.size() ? outputs.get(index) : null;
    }

    /** A task under a condition. */
    Optional<Task> when(boolean condition, Supplier<Task> task) {
      return condition ? Optional.of(task.get()) : Optional.empty();
    }
  }

  /** How an op of a class is prepared. */
  @FunctionalInterface
  interface Preparation<O extends DifferentialFunction> {
    /**
     * @param op the op with its attributes
     * @param arrays what it works on
     * @return empty if the attributes or shapes are not known
     */
    Optional<Task> prepare(O op, Arrays arrays);
  }

  /** How an op of a class is prepared, whatever its attributes and shapes. */
  @FunctionalInterface
  interface Certain<O extends DifferentialFunction> {
    Task prepare(O op, Arrays arrays);
  }

  /** Ops of a class, and of no class that extends it. */
  <O extends DifferentialFunction> void add(Class<O> type, Preparation<? super O> preparation) {
    byClass.put(type, (op, arrays) -> preparation.prepare(type.cast(op), arrays));
  }

  /** The same where nothing can be unknown. */
  <O extends DifferentialFunction> void always(Class<O> type, Certain<? super O> preparation) {
    add(type, (op, arrays) -> Optional.of(preparation.prepare(op, arrays)));
  }

  /** Another way, to be tried before the one that is there. */
  <O extends DifferentialFunction> void first(Class<O> type, Preparation<? super O> preparation) {
    Preparation<DifferentialFunction> otherwise = byClass.get(type);
    add(
        type,
        (op, arrays) -> {
          Optional<Task> task = preparation.prepare(op, arrays);
          return task.isPresent() ? task : otherwise.prepare(op, arrays);
        });
  }

  Optional<Task> prepare(DifferentialFunction op, Arrays arrays) {
    Preparation<DifferentialFunction> preparation = byClass.get(op.getClass());
    return preparation == null ? Optional.empty() : preparation.prepare(op, arrays);
  }
}
