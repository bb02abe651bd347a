package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.method.Methods;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.config.Keys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code toolkit list}: what there is to run. */
@Command(
    name = "list",
    description = "Lists experiments, models, methods, data sets and optimizers.",
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
    int width = spec.usageMessage().width();
    out.println("experiments (toolkit run NAME --help tells their settings)");
    int column = experiments.names().stream().mapToInt(String::length).max().orElse(0) + 4;
    experiments
        .all()
        .forEach(
            experiment ->
                out.print(
                    Wrapped.text(
                        "  " + experiment.name() + " ", experiment.summary(), column, width)));
    choices(out, "models", Keys.MODEL.name(), width);
    out.println("methods (what they make of a layer x + f(x))");
    int names = Keys.METHOD.names().stream().mapToInt(String::length).max().orElse(0) + 4;
    Keys.METHOD
        .names()
        .forEach(
            name ->
                out.print(Wrapped.text("  " + name + " ", Methods.formula(name), names, width)));
    choices(out, "data sets", Keys.DATA.name(), width);
    choices(out, "optimizers", Keys.OPTIMIZER.name(), width);
    out.flush();
  }

  /** What a key of that name takes, with the experiments that take it. */
  private void choices(PrintWriter out, String title, String key, int width) {
    out.println(title);
    Map<List<String>, List<String>> takers = new LinkedHashMap<>();
    for (Experiment experiment : experiments.all()) {
      experiment.keys().stream()
          .filter(own -> own.name().equals(key) && !own.names().isEmpty())
          .forEach(
              own ->
                  takers
                      .computeIfAbsent(own.names(), names -> new ArrayList<>())
                      .add(experiment.name()));
    }
    takers.forEach(
        (names, who) ->
            out.print(
                Wrapped.text(
                    "",
                    "%s (%s)"
                        .formatted(
                            String.join(", ", names),
                            takers.size() == 1
                                ? "all that have the setting " + key
                                : String.join(", ", who)),
                    2,
                    width)));
  }
}
