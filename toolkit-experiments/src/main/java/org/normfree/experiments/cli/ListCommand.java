package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.util.List;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.config.Keys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code toolkit list}: what there is to run. */
@Command(
    name = "list",
    description = "Lists experiments, models, methods and data sets.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Runnable {
  private final Experiments experiments;

  @Spec private CommandSpec spec;

  ListCommand(Experiments experiments) {
    this.experiments = experiments;
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.println("experiments");
    int width = experiments.names().stream().mapToInt(String::length).max().orElse(0);
    experiments
        .all()
        .forEach(
            experiment ->
                out.printf("  %-" + width + "s  %s%n", experiment.name(), experiment.summary()));
    section(out, "models", Keys.MODEL.names());
    section(out, "methods", Keys.METHOD.names());
    section(out, "data sets", Keys.DATA.names());
    out.flush();
  }

  private static void section(PrintWriter out, String title, List<String> names) {
    out.println(title);
    names.forEach(name -> out.println("  " + name));
  }
}
