package org.normfree.experiments.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether what is compiled in a checkout is what its commit holds, as git tells. */
final class WorkTree {
  private static final long PATIENCE_SECONDS = 5;

  private WorkTree() {}

  /**
   * Looks at the sources and poms alone, new files included: notes and results beside them change
   * no run.
   *
   * @param checkout the top folder of a checkout
   * @return whether it has changes that are in no commit; empty if git is not there or cannot tell
   */
  static Optional<Boolean> isDirty(Path checkout) {
    Process git = null;
    try {
      git = start(checkout);
      InputStream output = git.getInputStream();
      // anything it says is a change; it may say more than a pipe holds, so it is not waited for
      int first =
          CompletableFuture.supplyAsync(() -> read(output)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (first >= 0) {
        return Optional.of(true);
      }
      return git.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0
          ? Optional.of(false)
          : Optional.empty();
    } catch (IOException | ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      if (git != null) {
        git.destroyForcibly();
      }
    }
  }

  private static Process start(Path checkout) throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            "git",
            "--no-optional-locks", // a look must not be in the way of the user's own git
            "-C",
            checkout.toString(),
            "status",
            "--porcelain",
            "--",
            "pom.xml",
            "toolkit-*");
    // called from a hook of git, it would look at the hook's repository
    command.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    return command.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static int read(InputStream output) {
    try {
      return output.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
