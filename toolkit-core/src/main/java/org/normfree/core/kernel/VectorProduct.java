package org.normfree.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of small matrices: tiles of the result stay in registers while the inner index runs, so
 * that an operand is read once for eight or four rows of the other. All of it is written out,
 * because only what the API's methods inline keeps vectors out of memory.
 */
final class VectorProduct {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();

  /** Rows of a tile: what 32 registers hold beside its operands, or what 16 do. */
  private static final int ROWS = LANES == 16 ? 8 : 4;

  /** Rows that are left over, from which on a whole tile is faster than row by row. */
  private static final int WORTH_A_TILE = 3;

  /** Columns of a panel. */
  static final int PANEL = 2 * LANES;

  private static final float[] ZEROS = new float[PANEL];

  /** Inner indices at a time: a panel of so many rows stays in the first-level cache. */
  private static final int INNER = 256;

  private VectorProduct() {}

  /** See {@link RowLoops#product}. */
  static void product(
      RowLoops.Operand a,
      RowLoops.Panels b,
      RowLoops.Operand c,
      int rows,
      int inner,
      int columns,
      boolean added) {
    int first = 0;
    do { // once also for no inner index, which gives zeros
      int count = Math.min(INNER, inner - first);
      boolean more = added || first > 0;
      for (int j = 0; j < columns; j += PANEL) {
        int at = b.at() + j / PANEL * b.panelStep() + first * b.rowStep();
        boolean whole = j + PANEL <= columns;
        for (int i = 0; i < rows; ) {
          int left = rows - i;
          int from = a.at() + i * a.rowStep() + first * a.columnStep();
          int to = c.at() + i * c.rowStep() + j;
          float[] u = a.array();
          float[] w = c.array();
          int row = a.rowStep();
          int step = a.columnStep();
          int next = c.rowStep();
          float[] start = more ? w : ZEROS;
          int begin = more ? to : 0;
          int base = more ? next : 0;
          if (left < WORTH_A_TILE) {
            if (whole) {
              tile1By2(u, from, step, b.array(), at, b.rowStep(), w, to, count, start, begin);
            } else {
              tile1By1(u, from, step, b.array(), at, b.rowStep(), w, to, count, start, begin);
            }
            i++;
          } else if (ROWS == 8) {
            if (whole) {
              tile8By2(
                  u,
                  from,
                  row,
                  step,
                  b.array(),
                  at,
                  b.rowStep(),
                  w,
                  to,
                  next,
                  count,
                  start,
                  begin,
                  base);
            } else {
              tile8By1(
                  u,
                  from,
                  row,
                  step,
                  b.array(),
                  at,
                  b.rowStep(),
                  w,
                  to,
                  next,
                  count,
                  start,
                  begin,
                  base);
            }
            i += 8;
          } else {
            if (whole) {
              tile4By2(
                  u,
                  from,
                  row,
                  step,
                  b.array(),
                  at,
                  b.rowStep(),
                  w,
                  to,
                  next,
                  count,
                  start,
                  begin,
                  base);
            } else {
              tile4By1(
                  u,
                  from,
                  row,
                  step,
                  b.array(),
                  at,
                  b.rowStep(),
                  w,
                  to,
                  next,
                  count,
                  start,
                  begin,
                  base);
            }
            i += 4;
          }
        }
      }
      first += INNER;
    } while (first < inner);
  }

  private static void tile8By2(
      float[] a,
      int from,
      int row,
      int step,
      float[] b,
      int at,
      int stride,
      float[] c,
      int to,
      int next,
      int inner,
      float[] start,
      int begin,
      int base) {
    int r1 = from + row;
    int r2 = r1 + row;
    int r3 = r2 + row;
    int r4 = r3 + row;
    int r5 = r4 + row;
    int r6 = r5 + row;
    int r7 = r6 + row;
    FloatVector s00 = FloatVector.fromArray(S, start, begin);
    FloatVector s01 = FloatVector.fromArray(S, start, begin + LANES);
    FloatVector s10 = FloatVector.fromArray(S, start, begin + base);
    FloatVector s11 = FloatVector.fromArray(S, start, begin + base + LANES);
    FloatVector s20 = FloatVector.fromArray(S, start, begin + 2 * base);
    FloatVector s21 = FloatVector.fromArray(S, start, begin + 2 * base + LANES);
    FloatVector s30 = FloatVector.fromArray(S, start, begin + 3 * base);
    FloatVector s31 = FloatVector.fromArray(S, start, begin + 3 * base + LANES);
    FloatVector s40 = FloatVector.fromArray(S, start, begin + 4 * base);
    FloatVector s41 = FloatVector.fromArray(S, start, begin + 4 * base + LANES);
    FloatVector s50 = FloatVector.fromArray(S, start, begin + 5 * base);
    FloatVector s51 = FloatVector.fromArray(S, start, begin + 5 * base + LANES);
    FloatVector s60 = FloatVector.fromArray(S, start, begin + 6 * base);
    FloatVector s61 = FloatVector.fromArray(S, start, begin + 6 * base + LANES);
    FloatVector s70 = FloatVector.fromArray(S, start, begin + 7 * base);
    FloatVector s71 = FloatVector.fromArray(S, start, begin + 7 * base + LANES);
    for (int l = 0; l < inner; l++) {
      int o = l * step;
      int p = at + l * stride;
      FloatVector b0 = FloatVector.fromArray(S, b, p);
      FloatVector b1 = FloatVector.fromArray(S, b, p + LANES);
      FloatVector x = FloatVector.broadcast(S, a[from + o]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(S, a[r1 + o]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(S, a[r2 + o]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(S, a[r3 + o]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = FloatVector.broadcast(S, a[r4 + o]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = FloatVector.broadcast(S, a[r5 + o]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
      x = FloatVector.broadcast(S, a[r6 + o]);
      s60 = x.fma(b0, s60);
      s61 = x.fma(b1, s61);
      x = FloatVector.broadcast(S, a[r7 + o]);
      s70 = x.fma(b0, s70);
      s71 = x.fma(b1, s71);
    }
    s00.intoArray(c, to);
    s01.intoArray(c, to + LANES);
    s10.intoArray(c, to + next);
    s11.intoArray(c, to + next + LANES);
    s20.intoArray(c, to + 2 * next);
    s21.intoArray(c, to + 2 * next + LANES);
    s30.intoArray(c, to + 3 * next);
    s31.intoArray(c, to + 3 * next + LANES);
    s40.intoArray(c, to + 4 * next);
    s41.intoArray(c, to + 4 * next + LANES);
    s50.intoArray(c, to + 5 * next);
    s51.intoArray(c, to + 5 * next + LANES);
    s60.intoArray(c, to + 6 * next);
    s61.intoArray(c, to + 6 * next + LANES);
    s70.intoArray(c, to + 7 * next);
    s71.intoArray(c, to + 7 * next + LANES);
  }

  private static void tile8By1(
      float[] a,
      int from,
      int row,
      int step,
      float[] b,
      int at,
      int stride,
      float[] c,
      int to,
      int next,
      int inner,
      float[] start,
      int begin,
      int base) {
    int r1 = from + row;
    int r2 = r1 + row;
    int r3 = r2 + row;
    int r4 = r3 + row;
    int r5 = r4 + row;
    int r6 = r5 + row;
    int r7 = r6 + row;
    FloatVector s00 = FloatVector.fromArray(S, start, begin);
    FloatVector s10 = FloatVector.fromArray(S, start, begin + base);
    FloatVector s20 = FloatVector.fromArray(S, start, begin + 2 * base);
    FloatVector s30 = FloatVector.fromArray(S, start, begin + 3 * base);
    FloatVector s40 = FloatVector.fromArray(S, start, begin + 4 * base);
    FloatVector s50 = FloatVector.fromArray(S, start, begin + 5 * base);
    FloatVector s60 = FloatVector.fromArray(S, start, begin + 6 * base);
    FloatVector s70 = FloatVector.fromArray(S, start, begin + 7 * base);
    for (int l = 0; l < inner; l++) {
      int o = l * step;
      int p = at + l * stride;
      FloatVector b0 = FloatVector.fromArray(S, b, p);
      FloatVector x = FloatVector.broadcast(S, a[from + o]);
      s00 = x.fma(b0, s00);
      x = FloatVector.broadcast(S, a[r1 + o]);
      s10 = x.fma(b0, s10);
      x = FloatVector.broadcast(S, a[r2 + o]);
      s20 = x.fma(b0, s20);
      x = FloatVector.broadcast(S, a[r3 + o]);
      s30 = x.fma(b0, s30);
      x = FloatVector.broadcast(S, a[r4 + o]);
      s40 = x.fma(b0, s40);
      x = FloatVector.broadcast(S, a[r5 + o]);
      s50 = x.fma(b0, s50);
      x = FloatVector.broadcast(S, a[r6 + o]);
      s60 = x.fma(b0, s60);
      x = FloatVector.broadcast(S, a[r7 + o]);
      s70 = x.fma(b0, s70);
    }
    s00.intoArray(c, to);
    s10.intoArray(c, to + next);
    s20.intoArray(c, to + 2 * next);
    s30.intoArray(c, to + 3 * next);
    s40.intoArray(c, to + 4 * next);
    s50.intoArray(c, to + 5 * next);
    s60.intoArray(c, to + 6 * next);
    s70.intoArray(c, to + 7 * next);
  }

  private static void tile4By2(
      float[] a,
      int from,
      int row,
      int step,
      float[] b,
      int at,
      int stride,
      float[] c,
      int to,
      int next,
      int inner,
      float[] start,
      int begin,
      int base) {
    int r1 = from + row;
    int r2 = r1 + row;
    int r3 = r2 + row;
    FloatVector s00 = FloatVector.fromArray(S, start, begin);
    FloatVector s01 = FloatVector.fromArray(S, start, begin + LANES);
    FloatVector s10 = FloatVector.fromArray(S, start, begin + base);
    FloatVector s11 = FloatVector.fromArray(S, start, begin + base + LANES);
    FloatVector s20 = FloatVector.fromArray(S, start, begin + 2 * base);
    FloatVector s21 = FloatVector.fromArray(S, start, begin + 2 * base + LANES);
    FloatVector s30 = FloatVector.fromArray(S, start, begin + 3 * base);
    FloatVector s31 = FloatVector.fromArray(S, start, begin + 3 * base + LANES);
    for (int l = 0; l < inner; l++) {
      int o = l * step;
      int p = at + l * stride;
      FloatVector b0 = FloatVector.fromArray(S, b, p);
      FloatVector b1 = FloatVector.fromArray(S, b, p + LANES);
      FloatVector x = FloatVector.broadcast(S, a[from + o]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(S, a[r1 + o]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(S, a[r2 + o]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(S, a[r3 + o]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
    }
    s00.intoArray(c, to);
    s01.intoArray(c, to + LANES);
    s10.intoArray(c, to + next);
    s11.intoArray(c, to + next + LANES);
    s20.intoArray(c, to + 2 * next);
    s21.intoArray(c, to + 2 * next + LANES);
    s30.intoArray(c, to + 3 * next);
    s31.intoArray(c, to + 3 * next + LANES);
  }

  private static void tile4By1(
      float[] a,
      int from,
      int row,
      int step,
      float[] b,
      int at,
      int stride,
      float[] c,
      int to,
      int next,
      int inner,
      float[] start,
      int begin,
      int base) {
    int r1 = from + row;
    int r2 = r1 + row;
    int r3 = r2 + row;
    FloatVector s00 = FloatVector.fromArray(S, start, begin);
    FloatVector s10 = FloatVector.fromArray(S, start, begin + base);
    FloatVector s20 = FloatVector.fromArray(S, start, begin + 2 * base);
    FloatVector s30 = FloatVector.fromArray(S, start, begin + 3 * base);
    for (int l = 0; l < inner; l++) {
      int o = l * step;
      int p = at + l * stride;
      FloatVector b0 = FloatVector.fromArray(S, b, p);
      FloatVector x = FloatVector.broadcast(S, a[from + o]);
      s00 = x.fma(b0, s00);
      x = FloatVector.broadcast(S, a[r1 + o]);
      s10 = x.fma(b0, s10);
      x = FloatVector.broadcast(S, a[r2 + o]);
      s20 = x.fma(b0, s20);
      x = FloatVector.broadcast(S, a[r3 + o]);
      s30 = x.fma(b0, s30);
    }
    s00.intoArray(c, to);
    s10.intoArray(c, to + next);
    s20.intoArray(c, to + 2 * next);
    s30.intoArray(c, to + 3 * next);
  }

  private static void tile1By2(
      float[] a,
      int from,
      int step,
      float[] b,
      int at,
      int stride,
      float[] c,
      int to,
      int inner,
      float[] start,
      int begin) {
    FloatVector s00 = FloatVector.fromArray(S, start, begin);
    FloatVector s01 = FloatVector.fromArray(S, start, begin + LANES);
    for (int l = 0; l < inner; l++) {
      int o = l * step;
      int p = at + l * stride;
      FloatVector b0 = FloatVector.fromArray(S, b, p);
      FloatVector b1 = FloatVector.fromArray(S, b, p + LANES);
      FloatVector x = FloatVector.broadcast(S, a[from + o]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
    }
    s00.intoArray(c, to);
    s01.intoArray(c, to + LANES);
  }

  private static void tile1By1(
      float[] a,
      int from,
      int step,
      float[] b,
      int at,
      int stride,
      float[] c,
      int to,
      int inner,
      float[] start,
      int begin) {
    FloatVector s00 = FloatVector.fromArray(S, start, begin);
    for (int l = 0; l < inner; l++) {
      int o = l * step;
      int p = at + l * stride;
      FloatVector b0 = FloatVector.fromArray(S, b, p);
      FloatVector x = FloatVector.broadcast(S, a[from + o]);
      s00 = x.fma(b0, s00);
    }
    s00.intoArray(c, to);
  }
}
