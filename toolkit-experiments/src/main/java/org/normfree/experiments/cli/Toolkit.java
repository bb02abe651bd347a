package org.normfree.experiments.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
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
  /** Commands about other commands. */
  private static final Set<String> ABOUT_OTHERS = Set.of("help", "completion");

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
    return commandLine(commands(() -> experiments, figures));
  }

  /** The commands by name, in the order of the help; each is looked at only if it is asked for. */
  private static Map<String, Supplier<?>> commands(
      Supplier<Experiments> experiments, FigureMaker figures) {
    Map<String, Supplier<?>> commands = new LinkedHashMap<>();
    commands.put("list", () -> new ListCommand(experiments.get()));
    commands.put("run", () -> new RunCommand(experiments.get()));
    commands.put("figures", () -> new FiguresCommand(figures));
    commands.put("paper", () -> new PaperCommand(experiments.get(), figures));
    commands.put("reproduce", () -> new ReproduceCommand(experiments.get()));
    commands.put("compare", () -> new CompareCommand(figures));
    commands.put("document", DocumentCommand::new);
    commands.put("status", () -> new StatusCommand(Clock.system(ZoneId.systemDefault())));
    commands.put("data", DataCommand::new);
    commands.put("bench", BenchCommand::new);
    commands.put("help", CommandLine.HelpCommand::new);
    commands.put("completion", AutoComplete.GenerateCompletion::new);
    return commands;
  }

  private static CommandLine commandLine(Map<String, Supplier<?>> commands) {
    CommandLine line = new CommandLine(new Toolkit());
    commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    return line.registerConverter(Path.class, Toolkit::path)
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
  static int execute(Supplier<Experiments> experiments, String... args) {
    try {
      CommandLine command = commandLine(asked(commands(once(experiments), Figures::create), args));
      int exitCode = command.execute(args);
      command.getOut().flush();
      return System.out.checkError() ? Failures.unwritten(command) : exitCode;
    } catch (Error e) { // such as too little memory to look at the command
      return Failures.error(e);
    }
  }

  /** The one command that is meant, or all where words tell of none or of the others. */
  private static Map<String, Supplier<?>> asked(Map<String, Supplier<?>> all, String... args) {
    String first = args.length == 0 ? "" : args[0];
    return all.containsKey(first) && !ABOUT_OTHERS.contains(first)
        ? Map.of(first, all.get(first))
        : all;
  }

  private static Supplier<Experiments> once(Supplier<Experiments> experiments) {
    AtomicReference<Experiments> known = new AtomicReference<>();
    return () -> known.updateAndGet(there -> there == null ? experiments.get() : there);
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
