package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.normfree.core.nn.Network;

@Timeout(20)
class PrefetchedBatchesTest {
  private static final TrainingBatches BATCHES =
      new TrainingBatches(
          TrainingBatchesTest.numbered(23),
          new Normalization(new float[] {0}, new float[] {1}),
          new Augmentation(1, true, 0.8, 0.1),
          5,
          42);

  @Test
  void givesTheSameBatchesAsTheSource() {
    try (PrefetchedBatches prefetched = new PrefetchedBatches(BATCHES.from(3), 4)) {
      for (int step = 3; step < 40; step++) {
        assertThat(prefetched.next()).usingRecursiveComparison().isEqualTo(BATCHES.batch(step));
      }
    }
  }

  @Test
  void endsWhereTheSourceEnds() {
    Iterator<Batch> three = IntStream.range(0, 3).mapToObj(BATCHES::batch).iterator();
    try (PrefetchedBatches prefetched = new PrefetchedBatches(three, 2)) {
      int count = 0;
      while (prefetched.hasNext()) {
        prefetched.next();
        count++;
      }
      assertThat(count).isEqualTo(3);
      assertThat(prefetched.hasNext()).isFalse();
      assertThatThrownBy(prefetched::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void servesManyStreamsAtOnce() {
    List<PrefetchedBatches> streams =
        IntStream.range(0, 50).mapToObj(i -> new PrefetchedBatches(BATCHES.from(i), 2)).toList();
    for (int step = 0; step < 10; step++) {
      for (int i = 0; i < streams.size(); i++) {
        assertThat(streams.get(i).next().reals(Network.INPUT))
            .isEqualTo(BATCHES.batch(i + step).reals(Network.INPUT));
      }
    }
    streams.forEach(PrefetchedBatches::close);
  }

  @Test
  void throwsWhatTheSourceThrowsInItsPlace() {
    for (Throwable cause : new Throwable[] {new IllegalStateException("bad"), new Error("worse")}) {
      Iterator<Batch> failing =
          Stream.iterate(0, i -> i + 1).map(i -> i < 2 ? BATCHES.batch(i) : fail(cause)).iterator();
      try (PrefetchedBatches prefetched = new PrefetchedBatches(failing, 1)) {
        assertThat(prefetched.next()).isNotNull();
        assertThat(prefetched.next()).isNotNull();
        assertThatThrownBy(prefetched::next).isSameAs(cause);
        assertThatThrownBy(prefetched::hasNext).isSameAs(cause);
      }
    }
  }

  @Test
  void runsNoFurtherAheadThanAsked() throws InterruptedException {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(3);
    Iterator<Batch> source =
        Stream.generate(
                () -> {
                  made.incrementAndGet();
                  full.countDown();
                  return BATCHES.batch(0);
                })
            .iterator();
    try (PrefetchedBatches prefetched = new PrefetchedBatches(source, 3)) {
      full.await();
      assertThat(prefetched.hasNext()).isTrue();
      assertThat(made.get()).isEqualTo(3);
      prefetched.next();
      prefetched.next();
    }
    assertThat(made.get()).isLessThanOrEqualTo(5);
  }

  @Test
  void stopsItsDaemonThreadWhenClosed() {
    AtomicReference<Thread> worker = new AtomicReference<>();
    Iterator<Batch> source =
        Stream.generate(
                () -> {
                  worker.set(Thread.currentThread());
                  return BATCHES.batch(0);
                })
            .iterator();
    PrefetchedBatches prefetched = new PrefetchedBatches(source, 1);
    prefetched.next();
    assertThat(worker.get().isDaemon()).isTrue();
    assertThat(worker.get()).isNotSameAs(Thread.currentThread());
    prefetched.close();
    assertThat(worker.get().isAlive()).isFalse();
    assertThatThrownBy(prefetched::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    prefetched.close();
  }

  @Test
  void wakesAWaitingConsumerWhenClosed() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Iterator<Batch> stuck =
        Stream.generate(
                () -> {
                  begun.countDown();
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return BATCHES.batch(0);
                })
            .iterator();
    PrefetchedBatches prefetched = new PrefetchedBatches(stuck, 1);
    List<Throwable> thrown = new ArrayList<>();
    Thread consumer =
        new Thread(
            () -> {
              try {
                prefetched.next();
              } catch (IllegalStateException e) {
                thrown.add(e);
              }
            });
    consumer.start();
    begun.await();
    prefetched.close();
    consumer.join();
    assertThat(thrown).singleElement().asString().contains("closed");
  }

  private static Batch fail(Throwable cause) {
    if (cause instanceof Error e) {
      throw e;
    }
    throw (RuntimeException) cause;
  }
}
