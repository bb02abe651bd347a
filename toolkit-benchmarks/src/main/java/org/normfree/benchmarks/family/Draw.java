package org.normfree.benchmarks.family;

import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Rng;

/** Arrays that all sides are given, drawn by name. */
public final class Draw {
  private Draw() {}

  /** Standard normal numbers. */
  public static ArrayFile.Array normal(String name, long... shape) {
    return from(new Distribution.Normal(), name, shape);
  }

  /** Integers from 0 to below a bound, each as likely. */
  static ArrayFile.Array integers(int bound, String name, long... shape) {
    return from(new Distribution.Integers(0, bound), name, shape);
  }

  /** Standard normal images. */
  static ArrayFile.Array images(int batch, int image, int channels) {
    return normal(WorkloadFile.INPUT, batch, image, image, channels);
  }

  /** What a classifier is fed with. */
  static Map<String, ArrayFile.Array> labelledImages(
      int batch, int image, int channels, int classes) {
    return Map.of(
        WorkloadFile.INPUT,
        images(batch, image, channels),
        WorkloadFile.LABELS,
        classes(batch, classes));
  }

  /** Class i modulo their number for row i, one-hot. */
  private static ArrayFile.Array classes(int rows, int classes) {
    return of(i -> i / classes % classes == i % classes ? 1 : 0, rows, classes);
  }

  static ArrayFile.Array from(Distribution distribution, String name, long... shape) {
    return of(distribution.draw(Rng.of(Family.SEED, "bench/" + name, 0), shape), shape);
  }

  /** An array of a shape whose element at a row-major place is given. */
  public static ArrayFile.Array of(IntToDoubleFunction element, long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    float[] elements = new float[Math.toIntExact(length)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) element.applyAsDouble(i);
    }
    return new ArrayFile.Array(shape, elements);
  }

  static ArrayFile.Array copy(INDArray array) {
    return new ArrayFile.Array(array.shape(), array.dup('c').data().asFloat().clone());
  }
}
