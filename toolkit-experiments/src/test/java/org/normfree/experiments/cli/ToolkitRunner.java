package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.normfree.experiments.api.Experiments;
import org.normfree.plots.Figures;
import picocli.CommandLine;

/** Runs the real command line within the test's process. */
public final class ToolkitRunner {
  private ToolkitRunner() {}

  /** What a command printed and how it ended. */
  public record Output(int exitCode, String out, String err) {}

  /** Runs {@code toolkit} with these words. */
  public static Output run(List<String> words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Toolkit.commandLine(Experiments.installed(), Figures::create);
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    int exitCode = command.execute(words.toArray(String[]::new));
    return new Output(exitCode, out.toString(), err.toString());
  }
}
