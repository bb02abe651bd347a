package org.rapaio.jupyter.kernel.channels;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A thread that repeats a task until it is told to stop; it takes the place of the class of that
 * name in rapaio-jupyter-kernel 3.0.1.
 *
 * <p>There, one kernel in four never answers: the flag that keeps the thread running is set after
 * the thread's start, which may then see the old value and end; and a message that arrives before
 * the kernel has its handlers ends the thread with an exception.
 */
public final class LoopThread extends Thread {
  private static final Logger LOGGER = Logger.getLogger(LoopThread.class.getName());

  private final long sleep;
  private final Runnable loopBody;
  private volatile boolean running = true;

  /**
   * @param name the thread's name
   * @param sleep milliseconds between two rounds
   * @param loopBody a round
   */
  public LoopThread(String name, long sleep, Runnable loopBody) {
    super(name);
    this.sleep = sleep;
    this.loopBody = loopBody;
  }

  @Override
  public void run() {
    try {
      while (running) {
        Thread.sleep(sleep); // first, so that the handlers are most likely there
        round();
      }
    } catch (InterruptedException e) {
      running = false;
    }
  }

  /** A client repeats a request that was not answered, so a round that failed is no loss. */
  private void round() {
    try {
      loopBody.run();
    } catch (RuntimeException e) {
      LOGGER.log(Level.WARNING, "a message could not be handled", e);
    }
  }

  /** Ends the thread after the round it is in. */
  public void shutdown() {
    running = false;
  }
}
