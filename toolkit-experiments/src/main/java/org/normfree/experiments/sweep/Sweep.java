package org.normfree.experiments.sweep;

import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.normfree.core.InputException;
import org.normfree.core.task.Team;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;

/**
 * Carries out the runs of an experiment, some at a time. Finished ones are read back instead of
 * done again, failed ones are tried again, and a run that diverges or fails does not keep the
 * others from running. Settings that cannot be run and a disk that takes no more end the sweep:
 * more runs would only meet the same.
 */
public final class Sweep {
  private final RunDirectory directory;
  private final int jobs;

  /**
   * @param directory the experiment's directory
   * @param jobs how many runs go on at a time
   */
  public Sweep(RunDirectory directory, int jobs) {
    if (jobs < 1) {
      throw new IllegalArgumentException("jobs=%s: expected at least 1".formatted(jobs));
    }
    this.directory = directory;
    this.jobs = jobs;
  }

  /**
   * @param task what the runs are, in a word or two, for the progress display
   * @param trials the runs
   * @return how each ended, in the order of {@code trials}
   * @throws InputException if a run cannot be run with its settings; what other runs recorded stays
   * @throws UncheckedIOException if a run could not be recorded
   */
  public List<TrialResult> run(String task, List<SweepTrial> trials) {
    requireUniqueIds(trials);
    if (directory.isRehearsal()) {
      throw new Rehearsal(trials);
    }
    directory.plan(trials.stream().map(SweepTrial::id).toList());
    int finished = (int) trials.stream().filter(this::isFinished).count();
    int left = (int) trials.stream().filter(this::isToDo).count();
    AtomicReference<RuntimeException> abort = new AtomicReference<>();
    ExecutorService workers =
        Executors.newFixedThreadPool(jobs, new WorkerFactory(Math.min(jobs, Math.max(1, left))));
    try (Progress progress = Progress.start(task, Math.max(1, left))) {
      if (finished > 0) {
        progress.note(
            "%s: %s of %s runs were finished before".formatted(task, finished, trials.size()));
      }
      List<Future<TrialResult>> futures =
          trials.stream()
              .map(trial -> workers.submit(() -> runUnlessAborted(trial, progress, abort)))
              .toList();
      List<TrialResult> results = futures.stream().map(Sweep::await).toList();
      if (abort.get() != null) {
        throw abort.get();
      }
      return results;
    } finally {
      workers.shutdownNow();
    }
  }

  private boolean isFinished(SweepTrial trial) {
    return RunDirectory.isFinished(directory.childPath(trial.id()));
  }

  private boolean isToDo(SweepTrial trial) {
    return directory.carriesOut(trial.id()) && !isFinished(trial);
  }

  private TrialResult runUnlessAborted(
      SweepTrial trial, Progress progress, AtomicReference<RuntimeException> abort) {
    if (abort.get() == null) {
      try {
        if (!directory.carriesOut(trial.id())) {
          return new TrialResult(trial.id(), trial.trial(), directory.recorded(trial.id()));
        }
        TrialResult result = runOne(trial, progress);
        if (!result.done()) {
          progress.note(result.note());
        }
        return result;
      } catch (InputException | UncheckedIOException e) {
        abort.compareAndSet(null, e);
      }
    }
    return new TrialResult(trial.id(), trial.trial(), Outcome.failed(abort.get()));
  }

  private TrialResult runOne(SweepTrial trial, Progress progress) {
    RunDirectory run = directory.child(trial.id(), trial.trial(), trial.config());
    try {
      if (run.finished().isPresent()) {
        return new TrialResult(trial.id(), trial.trial(), run.outcome());
      }
      Progress.Part part = progress.part();
      Outcome outcome = outcomeOf(trial, run, part);
      part.report(1, 1);
      return new TrialResult(trial.id(), trial.trial(), outcome);
    } catch (InputException e) {
      run.discard();
      throw e;
    } finally {
      run.close();
    }
  }

  private static Outcome outcomeOf(SweepTrial trial, RunDirectory run, Progress.Part part) {
    try {
      Outcome outcome = trial.body().run(trial.config(), run, part);
      run.finish(outcome);
      return outcome;
    } catch (InputException | UncheckedIOException e) {
      throw e;
    } catch (Throwable e) { // one run's error, even out of memory, is not the next one's
      run.fail(e);
      return Outcome.failed(e);
    }
  }

  private static TrialResult await(Future<TrialResult> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the sweep was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void requireUniqueIds(List<SweepTrial> trials) {
    Set<String> ids = new HashSet<>();
    for (SweepTrial trial : trials) {
      if (!ids.add(trial.id())) {
        throw new IllegalArgumentException("two runs of a sweep are called " + trial.id());
      }
    }
  }

  private static final class WorkerFactory implements java.util.concurrent.ThreadFactory {
    private final AtomicInteger count = new AtomicInteger();
    private final int threads;

    /** Each worker has its part of the cores, unless a run's settings say otherwise. */
    WorkerFactory(int workers) {
      threads = Math.max(1, Runtime.getRuntime().availableProcessors() / workers);
    }

    @Override
    public Thread newThread(Runnable work) {
      Thread thread =
          new Thread(
              () -> {
                Team.size(threads);
                work.run();
              },
              "run-worker-" + count.incrementAndGet());
      thread.setDaemon(true); // an end of the process is not held up
      return thread;
    }
  }
}
