package org.normfree.experiments.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.data.DataFolder;
import org.normfree.core.data.Download;
import org.normfree.core.data.FetchedSet;
import org.normfree.core.data.RemoteSet;
import org.normfree.experiments.sweep.LastLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code toolkit data}: fetches public data sets, and tells what a folder of data is. */
@Command(
    name = "data",
    description = "Fetches public data sets, or tells what a folder of data is.",
    mixinStandardHelpOptions = true,
    subcommands = {DataCommand.Get.class, DataCommand.Check.class})
final class DataCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }

  /** {@code toolkit data get}. */
  @Command(
      name = "get",
      description = {
        "Fetches a data set into the folder of data sets (TOOLKIT_DATA, or the system's place for"
            + " caches), or goes on with it.",
        "Without a name it lists what there is."
      },
      mixinStandardHelpOptions = true)
  static final class Get implements Callable<Integer> {
    private static final int ATTEMPTS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec private CommandSpec spec;

    @Parameters(
        arity = "0..1",
        paramLabel = "<set>",
        completionCandidates = Names.class,
        description = "its name")
    private String name;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      if (name == null) {
        RemoteSet.ALL.forEach(
            set -> out.printf("%-14s %s; %s%n", set.name(), set.summary(), set.licence()));
        out.flush();
        return ExitCode.OK;
      }
      RemoteSet set =
          RemoteSet.ALL.stream()
              .filter(s -> s.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new InputException(
                          "no data set '%s' can be fetched, %s"
                              .formatted(name, Suggestion.forName(name, names()))));
      PrintWriter err = spec.commandLine().getErr();
      Download download =
          new Download(
              ATTEMPTS,
              PATIENCE,
              note -> {
                err.println(note);
                err.flush();
              });
      FetchedSet fetched = FetchedSet.get(set, DataFolder.root(), download);
      fetched.notes().forEach(out::println);
      out.printf(
          "%s: %s, read with %s%nLicence: %s%n",
          set.name(),
          fetched.folder(),
          set.use().replace("DIR", fetched.folder().toString()),
          set.licence());
      out.flush();
      return ExitCode.OK;
    }
  }

  /** {@code toolkit data check}. */
  @Command(
      name = "check",
      description =
          "Tells what data a folder or file holds, how much, and what of it would be left out.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(arity = "1", paramLabel = "DIR", description = "a folder of data, or one file")
    private Path place;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      DataCheck[] check = new DataCheck[1];
      LastLine.during("looking at " + place + " ...", () -> check[0] = DataCheck.of(place));
      check[0].lines().forEach(out::println);
      out.flush();
      return ExitCode.OK;
    }
  }

  private static List<String> names() {
    return RemoteSet.ALL.stream().map(RemoteSet::name).toList();
  }

  /** Names for completion in a shell. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }
}
