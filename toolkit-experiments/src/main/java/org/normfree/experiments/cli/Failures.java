package org.normfree.experiments.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import java.util.Set;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.record.Reason;
import org.normfree.experiments.launch.RunFailedException;
import org.normfree.experiments.run.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on the error stream and an exit code. */
final class Failures {
  private Failures() {}

  /** What was typed is no command: exit code 2. */
  static int usage(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    return say(
        command,
        "%s (\"%s --help\" tells more)"
            .formatted(
                suggestion(failure).orElse(failure.getMessage()),
                command.getCommandSpec().qualifiedName()),
        ExitCode.USAGE);
  }

  /** The nearest command or option to one that is unknown. */
  private static Optional<String> suggestion(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return Optional.empty();
    }
    CommandSpec spec = failure.getCommandLine().getCommandSpec();
    String word = unmatched.getUnmatched().get(0);
    boolean option = word.startsWith("-");
    Set<String> known = option ? spec.optionsMap().keySet() : spec.subcommands().keySet();
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "unknown %s '%s', %s"
                .formatted(
                    option ? "option" : "command",
                    word,
                    Suggestion.forName(word.replaceFirst("=.*", ""), known)));
  }

  /** A command failed: exit code 2 if the user can fix it, else 1. */
  static int execution(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof InputException) {
      return say(command, Outcome.messageOf(failure), ExitCode.USAGE);
    }
    if (failure instanceof UncheckedIOException e) {
      return say(command, withReason(e.getMessage(), e.getCause()), ExitCode.USAGE);
    }
    if (failure instanceof IOException e) {
      return say(command, withReason(e.getMessage(), e), ExitCode.USAGE);
    }
    if (failure instanceof InvalidPathException e) {
      return say(command, unnameable(e), ExitCode.USAGE);
    }
    if (failure instanceof RunFailedException) {
      return failure.getCause() instanceof InvalidPathException e
          ? say(command, unnameable(e), ExitCode.USAGE)
          : say(command, failure.getMessage(), ExitCode.SOFTWARE);
    }
    say(command, "unexpected error: " + Outcome.messageOf(failure), ExitCode.SOFTWARE);
    failure.printStackTrace(command.getErr());
    command.getErr().flush();
    return ExitCode.SOFTWARE;
  }

  /** What no command can handle: too little memory, a broken installation. Exit code 1. */
  static int error(Error failure) {
    System.err.println(
        "toolkit: "
            + Outcome.messageOf(failure)
            + (Outcome.isOutOfMemory(failure)
                ? "; TOOLKIT_JAVA_OPTS=-Xmx8g allows 8 GB of heap"
                : "; build the toolkit anew, its parts do not fit each other or this Java"));
    return ExitCode.SOFTWARE;
  }

  /** What a command says did not arrive. */
  static int unwritten(CommandLine command) {
    return say(
        command,
        "the standard output could not be written to: it is full, or was closed; give it another"
            + " place",
        ExitCode.USAGE);
  }

  /** Outside Unicode locales Java can name files in ASCII alone. */
  private static String unnameable(InvalidPathException failure) {
    return "%s is no path here (%s): where it has letters beyond ASCII, set LC_ALL=C.UTF-8"
        .formatted(failure.getInput(), failure.getReason());
  }

  private static String withReason(String message, IOException cause) {
    String reason = Reason.of(cause);
    return message.contains(reason) ? message : "%s (%s)".formatted(message, reason);
  }

  private static int say(CommandLine command, String message, int exitCode) {
    command.getErr().println("toolkit: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
    command.getErr().flush();
    return exitCode;
  }
}
