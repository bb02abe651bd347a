package org.normfree.core.kernel;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.normfree.core.op.Rotary;

/**
 * Cosines and sines of {@link Rotary}'s angles, made once for each position and kept: a power, a
 * sine and a cosine for every pair of channels take longer than all that is done with them.
 */
final class RotaryTable {
  /** Positions beyond are not kept. */
  private static final int KEPT = 1 << 16;

  private static final Map<Key, WeakReference<RotaryTable>> TABLES = new HashMap<>();

  private final double[] frequencies;
  private final AtomicReferenceArray<float[]> rows = new AtomicReferenceArray<>(KEPT);

  private record Key(double base, int pairs) {}

  private RotaryTable(Key key) {
    frequencies = new double[key.pairs()];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Rotary.frequency(key.base(), i, frequencies.length);
    }
  }

  /**
   * @param base of the angles
   * @param pairs of channels in a head
   * @return the table, which all ops with these share
   */
  static RotaryTable of(double base, int pairs) {
    Key key = new Key(base, pairs);
    synchronized (TABLES) {
      TABLES.values().removeIf(table -> table.get() == null);
      WeakReference<RotaryTable> kept = TABLES.get(key);
      RotaryTable table = kept == null ? null : kept.get();
      if (table == null) {
        table = new RotaryTable(key);
        TABLES.put(key, new WeakReference<>(table));
      }
      return table;
    }
  }

  /**
   * @param position any
   * @return the cosines of its angles, then the sines; not to be written to
   */
  float[] row(int position) {
    if (position < 0 || position >= KEPT) {
      return make(position);
    }
    float[] row = rows.get(position);
    if (row == null) {
      row = make(position);
      rows.set(position, row);
    }
    return row;
  }

  private float[] make(int position) {
    int pairs = frequencies.length;
    float[] row = new float[2 * pairs];
    for (int i = 0; i < pairs; i++) {
      double angle = position * frequencies[i];
      row[i] = (float) StrictMath.cos(angle);
      row[pairs + i] = (float) StrictMath.sin(angle);
    }
    return row;
  }
}
