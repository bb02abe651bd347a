package org.normfree.experiments.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.config.TypedPath;
import org.normfree.experiments.run.Build;
import org.normfree.plots.Figures;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.TypeConversionException;

/**
 * The command {@code toolkit}. Exit code 0; 2 for what the user can fix, told in one line; 1 for
 * everything else.
 */
@Command(
    name = "toolkit",
    description = "Studies how deep networks stay trainable without normalization.",
    mixinStandardHelpOptions = true,
    versionProvider = Toolkit.Version.class)
public final class Toolkit {
  private Toolkit() {}

  /** Tells the toolkit's version. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"normfree toolkit " + Build.version()};
    }
  }

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param args the command's words
   */
  public static void main(String[] args) {
    exit(Experiments::installed, args);
  }

  /**
   * Runs one experiment as {@code toolkit run} does and ends the process with its exit code.
   *
   * @param experiment the experiment
   * @param args assignments and options of {@code toolkit run}
   */
  public static void main(Experiment experiment, String... args) {
    exit(
        () -> new Experiments(List.of(experiment)),
        Stream.concat(Stream.of("run", experiment.name()), Stream.of(args)).toArray(String[]::new));
  }

  /**
   * @param experiments the experiments it knows
   * @param figures draws the figures
   * @return the command line, ready to execute
   */
  static CommandLine commandLine(Experiments experiments, FigureMaker figures) {
    return new CommandLine(new Toolkit())
        .addSubcommand(new ListCommand(experiments))
        .addSubcommand(new RunCommand(experiments))
        .addSubcommand(new FiguresCommand(figures))
        .addSubcommand(new PaperCommand(experiments, figures))
        .addSubcommand(new ReproduceCommand(experiments))
        .addSubcommand(new CompareCommand(figures))
        .addSubcommand(new DocumentCommand())
        .addSubcommand(new StatusCommand(Clock.system(ZoneId.systemDefault())))
        .addSubcommand(new DataCommand())
        .addSubcommand(new BenchCommand())
        .addSubcommand(new CommandLine.HelpCommand())
        .addSubcommand("completion", new AutoComplete.GenerateCompletion())
        .registerConverter(Path.class, Toolkit::path)
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }

  private static void exit(Supplier<Experiments> experiments, String... args) {
    // read by ND4J and JavaCPP when they are first used, which is later
    setUnlessGiven("org.nd4j.log.initialization", "false");
    // JavaCPP would ask the system for the process's memory before every allocation
    setUnlessGiven("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    System.exit(execute(experiments, args));
  }

  /** Runs a command to its end, output that could not be written and a full heap included. */
  private static int execute(Supplier<Experiments> experiments, String... args) {
    try {
      CommandLine command = commandLine(experiments.get(), Figures::create);
      int exitCode = command.execute(args);
      command.getOut().flush();
      return System.out.checkError() ? Failures.unwritten(command) : exitCode;
    } catch (Error e) { // such as too little memory to look at the command
      return Failures.error(e);
    }
  }

  private static Path path(String text) {
    try {
      return TypedPath.of(text);
    } catch (InputException | InvalidPathException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
