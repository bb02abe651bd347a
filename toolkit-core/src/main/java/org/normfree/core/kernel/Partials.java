package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.normfree.core.task.Task;

/**
 * Sums over a batch of which each thread has computed its share's part: the first part lies in the
 * result, the others in scratch memory that the sequences share, and they are added in the order of
 * the batch.
 */
final class Partials {
  private static final int ALIGNMENT = 64;

  private final int threads;
  private final List<Integer> starts = new ArrayList<>();
  private final List<Sum> sums = new ArrayList<>();
  private OneDnnSequence[] additions;

  private long bytes;

  /** A sum: where its result lies, and where in scratch memory its other parts begin. */
  private record Sum(long address, int length, long others) {}

  Partials(int threads, int batch) {
    this.threads = threads;
    for (int thread = 0; thread < threads; thread++) {
      int from = Task.share(batch, thread, threads);
      if (from < Task.share(batch, thread + 1, threads)) {
        starts.add(from);
      }
    }
  }

  /** Another sum of so many FLOATs, whose result lies at the address. */
  void add(long address, long length) {
    sums.add(new Sum(address, Math.toIntExact(length), bytes));
    bytes += (starts.size() - 1) * aligned(length);
  }

  private static long aligned(long length) {
    return (length * Float.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Bytes of scratch memory. */
  long bytes() {
    return bytes;
  }

  /** Says where scratch memory lies. */
  void place(long address) {
    for (OneDnnSequence sequence : additions) {
      sequence.place(address + bytes, address);
    }
  }

  /** Where the share that starts at {@code from} puts its part of a sum. */
  long address(int sum, int from) {
    Sum s = sums.get(sum);
    int part = starts.indexOf(from);
    return part == 0
        ? s.address
        : OneDnnSequence.shared(s.others + (part - 1L) * aligned(s.length));
  }

  /** Prepares the additions. */
  void prepare() {
    additions = new OneDnnSequence[threads];
    for (int thread = 0; thread < threads; thread++) {
      OneDnnSequence sequence = new OneDnnSequence();
      for (int i = 0; i < sums.size(); i++) {
        int from = Task.share(sums.get(i).length, thread, threads);
        int to = Task.share(sums.get(i).length, thread + 1, threads);
        for (int part = 1; part < starts.size() && from < to; part++) {
          append(
              sequence,
              within(address(i, starts.get(part)), (long) from * Float.BYTES),
              sums.get(i).address + (long) from * Float.BYTES,
              to - from);
        }
      }
      additions[thread] = sequence;
    }
  }

  /** An address further on. */
  private static long within(long address, long bytes) {
    return address < 0 ? address - bytes : address + bytes;
  }

  private static void append(OneDnnSequence sequence, long part, long sum, long length) {
    memory.desc vector = new memory.desc(new long[] {length}, memory.data_type.f32, new long[] {1});
    memory result = sequence.at(sum, vector);
    binary.primitive_desc description =
        new binary.primitive_desc(
            OneDnn.CPU,
            dnnl.algorithm.binary_add,
            vector,
            vector,
            vector,
            OneDnnSequence.attributes(),
            false);
    sequence.run(
        new binary(description),
        description,
        new int[] {DNNL_ARG_SRC_0, DNNL_ARG_SRC_1, DNNL_ARG_DST},
        result,
        sequence.at(part, vector),
        result);
  }

  /** Whether nothing is left to add. */
  boolean isEmpty() {
    return sums.isEmpty() || starts.size() < 2;
  }

  /** Adds one thread's share of every sum. */
  void run(int thread) {
    additions[thread].run();
  }
}
