package org.normfree.core.exec;

import java.util.Map;
import java.util.TreeMap;

/** What is free of an {@link Arena}, while places in it are given out and taken back. */
final class Holes {
  private final TreeMap<Long, Long> free = new TreeMap<>();
  private long end;

  /**
   * @param end where the arena can grow from
   */
  Holes(long end) {
    this.end = end;
  }

  /** The first offset that was never given out. */
  long end() {
    return end;
  }

  /** Finds the smallest hole that is large enough, else the end. */
  long find(long bytes) {
    Map.Entry<Long, Long> best = null;
    for (Map.Entry<Long, Long> hole : free.entrySet()) {
      if (hole.getValue() >= bytes && (best == null || hole.getValue() < best.getValue())) {
        best = hole;
      }
    }
    if (best != null) {
      return best.getKey();
    }
    Map.Entry<Long, Long> last = free.lastEntry();
    boolean atEnd = last != null && last.getKey() + last.getValue() == end;
    return atEnd ? last.getKey() : end;
  }

  /** Takes what {@link #find} finds. */
  long take(long bytes) {
    long offset = find(bytes);
    take(offset, bytes);
    return offset;
  }

  /** Takes a place within a hole, at the end, or partly in the last hole and beyond the end. */
  void take(long offset, long bytes) {
    Map.Entry<Long, Long> hole = free.floorEntry(offset);
    if (hole != null && hole.getKey() + hole.getValue() > offset) {
      long from = hole.getKey();
      long to = from + hole.getValue();
      free.remove(from);
      if (offset > from) {
        free.put(from, offset - from);
      }
      if (to > offset + bytes) {
        free.put(offset + bytes, to - offset - bytes);
      }
    }
    end = Math.max(end, offset + bytes);
  }

  /** Makes a place a hole, joined with its neighbours. */
  void add(long offset, long bytes) {
    long from = offset;
    long length = bytes;
    Map.Entry<Long, Long> before = free.lowerEntry(from);
    if (before != null && before.getKey() + before.getValue() == from) {
      from = before.getKey();
      length += before.getValue();
    }
    Long after = free.remove(offset + bytes);
    if (after != null) {
      length += after;
    }
    free.put(from, length);
  }
}
