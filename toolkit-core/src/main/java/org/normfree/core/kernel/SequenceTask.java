package org.normfree.core.kernel;

import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.normfree.core.task.Task;

/**
 * Each thread runs a sequence of its own on its share of a batch; then shares of sums are added.
 */
final class SequenceTask implements Task {
  private static final NativeOps OPEN_MP = NativeOpsHolder.getInstance().getDeviceNativeOps();

  private final OneDnnSequence[] shares;
  private final Partials partials;

  /** Prepares what is done for a share that is not empty. */
  interface Share {
    OneDnnSequence of(int from, int to);
  }

  SequenceTask(int threads, int batch, Share share) {
    this(threads, batch, share, new Partials(threads, batch));
  }

  SequenceTask(int threads, int batch, Share share, Partials partials) {
    this.partials = partials;
    shares = new OneDnnSequence[threads];
    // primitives divide their work among as many threads as there are while they are made
    int before = OPEN_MP.ompGetMaxThreads();
    OPEN_MP.setOmpNumThreads(1);
    try {
      prepare(threads, batch, share);
    } finally {
      OPEN_MP.setOmpNumThreads(before);
    }
  }

  private void prepare(int threads, int batch, Share share) {
    for (int thread = 0; thread < threads; thread++) {
      int from = Task.share(batch, thread, threads);
      int to = Task.share(batch, thread + 1, threads);
      if (from < to) {
        shares[thread] = share.of(from, to);
      }
    }
    partials.prepare();
  }

  @Override
  public long scratchBytes() {
    long bytes = partials.bytes();
    for (OneDnnSequence share : shares) {
      bytes += share == null ? 0 : share.bufferBytes();
    }
    return bytes;
  }

  @Override
  public void place(long address) {
    long own = address + partials.bytes();
    for (OneDnnSequence share : shares) {
      if (share != null) {
        share.place(own, address);
        own += share.bufferBytes();
      }
    }
    partials.place(address);
  }

  @Override
  public int phases() {
    return partials.isEmpty() ? 1 : 2;
  }

  @Override
  public void run(int phase, int thread) {
    if (phase == 1) {
      partials.run(thread);
    } else if (shares[thread] != null) {
      shares[thread].run();
    }
  }
}
