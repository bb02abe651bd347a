package org.normfree.experiments.sweep;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with the time gone and the time left, redrawn in place on the standard error stream. */
final class BarDisplay implements Progress.Display {
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final ProgressBar bar;

  BarDisplay(String task, int parts, int units) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax((long) parts * units)
            .setUnit(parts == 1 ? "" : " runs", units)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .build();
  }

  @Override
  public void show(long done, long total, int whole) {
    bar.stepTo(done);
  }

  @Override
  public void note(String line) {
    System.err.println(CLEAR_LINE + line);
  }

  @Override
  public void close() {
    bar.close();
  }
}
