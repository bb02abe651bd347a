package org.normfree.experiments.cli;

import java.nio.file.Path;
import java.util.List;
import org.normfree.experiments.sweep.LastLine;
import org.normfree.plots.report.Documents;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code toolkit document}: recorded numbers into Markdown files. */
@Command(
    name = "document",
    description = {
      "Writes what was recorded into Markdown files, so that no number in them is copied by hand.",
      "A place begins with a line <!-- recorded: claims --> and ends with a line"
          + " <!-- /recorded -->. Besides claims there are verdicts (claims in few words), table"
          + " and tables; names of experiments behind the word choose among what was recorded."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DocumentCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Mixin private RunsOption runs;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Markdown files with such places")
  private List<Path> files;

  @Override
  public void run() {
    String words = files.size() == 1 ? "1 document" : files.size() + " documents";
    Documents.fill(
        runs.folder(), files, () -> LastLine.elsewhere("writing into %s ...".formatted(words)));
    files.forEach(file -> spec.commandLine().getOut().println(file));
    spec.commandLine().getOut().flush();
  }
}
