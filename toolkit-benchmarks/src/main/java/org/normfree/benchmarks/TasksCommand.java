package org.normfree.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code toolkit bench tasks}. */
@Command(
    name = "tasks",
    description = "Steps with the gradients of three losses beside steps with that of their sum.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TasksCommand implements Runnable {
  @ParentCommand private Bench bench;

  @Override
  public void run() {
    bench.common().run(this::run);
  }

  void run(Setting setting, Results results) {
    new TasksBench(setting, results).run();
  }
}
