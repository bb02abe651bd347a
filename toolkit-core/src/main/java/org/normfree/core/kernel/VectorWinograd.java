package org.normfree.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link WinogradLoops} by the Vector API, each matrix written out. */
final class VectorWinograd implements WinogradLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();

  private static final float A = (float) Points.A;
  private static final float B = (float) Points.B;

  @Override
  public void multiply(Transform transform, Vectors from, Vectors to, int count, int length) {
    int whole = length / LANES;
    if (count > whole) { // the longer loop inside
      for (int v = 0; v < length; v += LANES) {
        multiply(transform, from, to, v, v, from.next(), to.next(), count);
      }
    } else {
      for (int i = 0; i < count; i++) {
        multiply(transform, from, to, i * from.next(), i * to.next(), LANES, LANES, whole);
      }
    }
  }

  private static void multiply(
      Transform transform,
      Vectors from,
      Vectors to,
      int start,
      int startTo,
      int next,
      int nextTo,
      int count) {
    float[] x = from.array();
    float[] y = to.array();
    int at = from.at() + start;
    int o = to.at() + startTo;
    int step = from.step();
    int stepTo = to.step();
    switch (transform) {
      case IMAGE -> image(x, at, step, next, y, o, stepTo, nextTo, count);
      case RESULT -> result(x, at, step, next, y, o, stepTo, nextTo, count);
      case WEIGHTS -> weights(x, at, step, next, y, o, stepTo, nextTo, count);
      case UPSTREAM -> upstream(x, at, step, next, y, o, stepTo, nextTo, count);
      case WEIGHT_GRADIENT -> gradient(x, at, step, next, y, o, stepTo, nextTo, count);
    }
  }

  private static void image(
      float[] x, int at, int step, int next, float[] y, int to, int toStep, int nextTo, int count) {
    for (int k = 0; k < count; k++) {
      int i = at + k * next;
      int o = to + k * nextTo;
      FloatVector x0 = FloatVector.fromArray(S, x, i);
      FloatVector x1 = FloatVector.fromArray(S, x, i + step);
      FloatVector x2 = FloatVector.fromArray(S, x, i + 2 * step);
      FloatVector x3 = FloatVector.fromArray(S, x, i + 3 * step);
      FloatVector x4 = FloatVector.fromArray(S, x, i + 4 * step);
      FloatVector x5 = FloatVector.fromArray(S, x, i + 5 * step);
      FloatVector evenA = FloatVector.broadcast(S, -2).fma(x2, x4);
      FloatVector oddA = FloatVector.broadcast(S, -2).fma(x1, x3);
      FloatVector evenB = FloatVector.broadcast(S, -0.5f).fma(x2, x4);
      FloatVector oddB = FloatVector.broadcast(S, -0.5f).fma(x1, x3);
      FloatVector.broadcast(S, -2.5f).fma(x2, x0.add(x4)).intoArray(y, o);
      FloatVector.broadcast(S, A).fma(oddA, evenA).intoArray(y, o + toStep);
      FloatVector.broadcast(S, -A).fma(oddA, evenA).intoArray(y, o + 2 * toStep);
      FloatVector.broadcast(S, B).fma(oddB, evenB).intoArray(y, o + 3 * toStep);
      FloatVector.broadcast(S, -B).fma(oddB, evenB).intoArray(y, o + 4 * toStep);
      FloatVector.broadcast(S, -2.5f).fma(x3, x1.add(x5)).intoArray(y, o + 5 * toStep);
    }
  }

  private static void result(
      float[] x, int at, int step, int next, float[] y, int to, int toStep, int nextTo, int count) {
    for (int k = 0; k < count; k++) {
      int i = at + k * next;
      int o = to + k * nextTo;
      FloatVector x0 = FloatVector.fromArray(S, x, i);
      FloatVector x1 = FloatVector.fromArray(S, x, i + step);
      FloatVector x2 = FloatVector.fromArray(S, x, i + 2 * step);
      FloatVector x3 = FloatVector.fromArray(S, x, i + 3 * step);
      FloatVector x4 = FloatVector.fromArray(S, x, i + 4 * step);
      FloatVector x5 = FloatVector.fromArray(S, x, i + 5 * step);
      FloatVector evenA = x1.add(x2);
      FloatVector oddA = x1.sub(x2);
      FloatVector evenB = x3.add(x4);
      FloatVector oddB = x3.sub(x4);
      x0.add(evenA).add(evenB).intoArray(y, o);
      FloatVector.broadcast(S, B).fma(oddB, oddA.mul(A)).intoArray(y, o + toStep);
      FloatVector.broadcast(S, 2).fma(evenB, evenA.mul(0.5f)).intoArray(y, o + 2 * toStep);
      FloatVector.broadcast(S, A / 2)
          .fma(oddA, FloatVector.broadcast(S, 2 * B).fma(oddB, x5))
          .intoArray(y, o + 3 * toStep);
    }
  }

  private static void weights(
      float[] x, int at, int step, int next, float[] y, int to, int toStep, int nextTo, int count) {
    for (int k = 0; k < count; k++) {
      int i = at + k * next;
      int o = to + k * nextTo;
      FloatVector x0 = FloatVector.fromArray(S, x, i);
      FloatVector x1 = FloatVector.fromArray(S, x, i + step);
      FloatVector x2 = FloatVector.fromArray(S, x, i + 2 * step);
      FloatVector evenA = FloatVector.broadcast(S, -1 / 3f).fma(x2, x0.mul(-2 / 3f));
      FloatVector oddA = x1.mul(-2 / 3f * A);
      FloatVector evenB = FloatVector.broadcast(S, 1 / 3f).fma(x2, x0.mul(1 / 6f));
      FloatVector oddB = x1.mul(B / 6);
      x0.intoArray(y, o);
      evenA.add(oddA).intoArray(y, o + toStep);
      evenA.sub(oddA).intoArray(y, o + 2 * toStep);
      evenB.add(oddB).intoArray(y, o + 3 * toStep);
      evenB.sub(oddB).intoArray(y, o + 4 * toStep);
      x2.intoArray(y, o + 5 * toStep);
    }
  }

  private static void upstream(
      float[] x, int at, int step, int next, float[] y, int to, int toStep, int nextTo, int count) {
    for (int k = 0; k < count; k++) {
      int i = at + k * next;
      int o = to + k * nextTo;
      FloatVector x0 = FloatVector.fromArray(S, x, i);
      FloatVector x1 = FloatVector.fromArray(S, x, i + step);
      FloatVector x2 = FloatVector.fromArray(S, x, i + 2 * step);
      FloatVector x3 = FloatVector.fromArray(S, x, i + 3 * step);
      FloatVector evenA = FloatVector.broadcast(S, 0.5f).fma(x2, x0);
      FloatVector oddA = FloatVector.broadcast(S, 0.5f).fma(x3, x1);
      FloatVector evenB = FloatVector.broadcast(S, 2).fma(x2, x0);
      FloatVector oddB = FloatVector.broadcast(S, 2).fma(x3, x1);
      x0.intoArray(y, o);
      FloatVector.broadcast(S, A).fma(oddA, evenA).intoArray(y, o + toStep);
      FloatVector.broadcast(S, -A).fma(oddA, evenA).intoArray(y, o + 2 * toStep);
      FloatVector.broadcast(S, B).fma(oddB, evenB).intoArray(y, o + 3 * toStep);
      FloatVector.broadcast(S, -B).fma(oddB, evenB).intoArray(y, o + 4 * toStep);
      x3.intoArray(y, o + 5 * toStep);
    }
  }

  private static void gradient(
      float[] x, int at, int step, int next, float[] y, int to, int toStep, int nextTo, int count) {
    for (int k = 0; k < count; k++) {
      int i = at + k * next;
      int o = to + k * nextTo;
      FloatVector x0 = FloatVector.fromArray(S, x, i);
      FloatVector x1 = FloatVector.fromArray(S, x, i + step);
      FloatVector x2 = FloatVector.fromArray(S, x, i + 2 * step);
      FloatVector x3 = FloatVector.fromArray(S, x, i + 3 * step);
      FloatVector x4 = FloatVector.fromArray(S, x, i + 4 * step);
      FloatVector x5 = FloatVector.fromArray(S, x, i + 5 * step);
      FloatVector evenA = x1.add(x2);
      FloatVector evenB = x3.add(x4);
      FloatVector.broadcast(S, -2 / 3f)
          .fma(evenA, FloatVector.broadcast(S, 1 / 6f).fma(evenB, x0))
          .intoArray(y, o);
      FloatVector.broadcast(S, B / 6)
          .fma(x3.sub(x4), x1.sub(x2).mul(-2 / 3f * A))
          .intoArray(y, o + toStep);
      FloatVector.broadcast(S, 1 / 3f).fma(evenB.sub(evenA), x5).intoArray(y, o + 2 * toStep);
    }
  }
}
