package org.normfree.experiments.cli;

import org.normfree.core.InputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code toolkit bench}, which the launcher starts as a program of its own. */
@Command(
    name = "bench",
    description = {
      "Times the toolkit beside SameDiff and libtorch.",
      "\"toolkit bench --help\" lists what can be timed."
    })
final class BenchCommand implements Runnable {
  @Unmatched private String[] words = {};

  @Override
  public void run() {
    throw new InputException(
        "the benches%s are a program of their own: start them by the script toolkit of the repository, as ./toolkit bench"
            .formatted(words.length == 0 ? "" : " (" + String.join(" ", words) + ")"));
  }
}
