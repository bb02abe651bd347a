package org.normfree.core.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * The batches of another iterator in the same order, prepared a few ahead on a background thread.
 *
 * <p>The thread is a daemon and lives until the last batch is made or the stream is closed. What
 * the other iterator throws is thrown here in place of the batch it failed to give, and again at
 * every later call. To be used by one thread; {@link #close()} may be called from any.
 */
public final class PrefetchedBatches implements Iterator<Batch>, AutoCloseable {
  private final Semaphore room;
  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private Step next;

  /** What the thread hands over. */
  private sealed interface Step permits Ready, End, Failure {}

  private record Ready(Batch batch) implements Step {}

  private record End() implements Step {}

  private record Failure(Throwable cause) implements Step {}

  /**
   * @param source the batches; from now on only the background thread may use it
   * @param ahead how many batches may wait, at least 1
   */
  public PrefetchedBatches(Iterator<Batch> source, int ahead) {
    if (ahead < 1) {
      throw new IllegalArgumentException("cannot prepare %s batches ahead".formatted(ahead));
    }
    room = new Semaphore(ahead);
    thread = new Thread(() -> prepare(source), "batches");
    thread.setDaemon(true);
    thread.start();
  }

  private void prepare(Iterator<Batch> source) {
    Step last = new End();
    try {
      while (!closed) {
        room.acquire();
        if (!source.hasNext()) {
          break;
        }
        steps.add(new Ready(source.next()));
      }
    } catch (InterruptedException e) {
      // closed
    } catch (Throwable e) { // whatever it is, the consumer must learn of it rather than wait
      last = new Failure(e);
    }
    steps.add(last);
  }

  /**
   * @return whether there is another batch; waits until that is known
   * @throws IllegalStateException if the stream is closed or the waiting thread interrupted
   */
  @Override
  public boolean hasNext() {
    return peek() instanceof Ready;
  }

  /**
   * @return the next batch; waits until it is made
   * @throws NoSuchElementException if there is none
   * @throws IllegalStateException if the stream is closed or the waiting thread interrupted
   */
  @Override
  public Batch next() {
    if (peek() instanceof Ready ready) {
      next = null;
      room.release();
      return ready.batch;
    }
    throw new NoSuchElementException("the last batch has been given out");
  }

  private Step peek() {
    try {
      if (next == null && !closed) {
        next = steps.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
    if (closed) {
      throw new IllegalStateException("the stream of batches is closed");
    }
    if (next instanceof Failure failure) {
      if (failure.cause instanceof RuntimeException e) {
        throw e;
      }
      if (failure.cause instanceof Error e) {
        throw e;
      }
      throw new IllegalStateException("a batch could not be made", failure.cause);
    }
    return next;
  }

  /**
   * Stops the background thread and waits, for the length of one batch at most, until it is gone.
   */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
