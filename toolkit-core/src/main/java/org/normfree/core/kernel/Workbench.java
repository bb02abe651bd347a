package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.normfree.core.task.Scratch;

/**
 * What a thread needs while it does its share of a task: loops, and arrays whose content lasts to
 * the end of the phase. A thread has one for all tasks, because thousands of layers are done one
 * after the other.
 */
final class Workbench {
  private static final int ARRAYS = 48;

  private static final ThreadLocal<Map<String, Workbench>> OF_THIS_THREAD =
      ThreadLocal.withInitial(HashMap::new);

  private final RowLoops loops;
  private final Scratch arrays = new Scratch(ARRAYS);
  private double[] doubles = new double[0];

  private Workbench(RowLoops loops) {
    this.loops = loops;
  }

  /**
   * The calling thread's.
   *
   * @param kind loops of the wanted kind, whoever's
   */
  static Workbench of(RowLoops kind) {
    return OF_THIS_THREAD.get().computeIfAbsent(kind.name(), name -> new Workbench(kind.another()));
  }

  RowLoops loops() {
    return loops;
  }

  /** Array number k, of at least a length; whatever is in it. */
  float[] array(int k, int length) {
    return arrays.get(k, length);
  }

  /** The same, filled with a value up to the length. */
  float[] filled(int k, int length, float value) {
    float[] array = arrays.get(k, length);
    Arrays.fill(array, 0, length, value);
    return array;
  }

  /** An array of at least a length; whatever is in it. */
  double[] doubles(int length) {
    if (doubles.length < length) {
      doubles = new double[length];
    }
    return doubles;
  }
}
