package org.normfree.benchmarks;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.normfree.core.InputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/**
 * The command {@code toolkit bench}: all benches, or the one that is named. Exit code 0; 2 for what
 * the user can fix, told in one line; 1 for everything else.
 */
@Command(
    name = "toolkit bench",
    description = {
      "Times the toolkit beside SameDiff and libtorch, in one invocation, and writes bench.json.",
      "Without a subcommand all benches run, with their defaults."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {
      StepCommand.class,
      SweepCommand.class,
      OpsCommand.class,
      SequenceCommand.class,
      AttentionCommand.class,
      DepthCommand.class,
      MemoryCommand.class,
      AugmentCommand.class,
      TasksCommand.class,
      OptimizerCommand.class
    })
public final class Bench implements Runnable {
  @Mixin private CommonOptions common;

  private Bench() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param args the command's words
   */
  public static void main(String[] args) {
    // read by ND4J when it is first used, which is later
    System.setProperty("org.nd4j.log.initialization", "false");
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    CommandLine command = commandLine();
    int exitCode = command.execute(args);
    command.getOut().flush();
    System.exit(
        System.out.checkError()
            ? say(
                command,
                "the standard output could not be written to: it is full, or was closed; give it"
                    + " another place")
            : exitCode);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(
            (failure, args) -> {
              CommandLine command = failure.getCommandLine();
              return say(
                  command,
                  "%s (\"%s --help\" tells more)"
                      .formatted(failure.getMessage(), command.getCommandSpec().qualifiedName()));
            })
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (failure instanceof InputException) {
                return say(command, failure.getMessage());
              }
              failure.printStackTrace(command.getErr());
              return ExitCode.SOFTWARE;
            });
  }

  private static int say(CommandLine command, String message) {
    command.getErr().println("toolkit: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
    command.getErr().flush();
    return ExitCode.USAGE;
  }

  /** The options that stand before a bench's name or behind it. */
  CommonOptions common() {
    return common;
  }

  @Override
  public void run() {
    common.run(
        (setting, results) -> {
          new StepCommand().run(setting, results);
          new SweepCommand().run(setting, results);
          new OpsCommand().run(setting, results);
          new SequenceCommand().run(setting, results);
          new AttentionCommand().run(setting, results);
          new DepthCommand().run(setting, results);
          new MemoryCommand().run(setting, results);
          new AugmentCommand().run(setting, results);
          new TasksCommand().run(setting, results);
          new OptimizerCommand().run(setting, results);
        });
  }
}
