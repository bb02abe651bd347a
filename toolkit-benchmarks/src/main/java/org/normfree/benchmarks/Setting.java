package org.normfree.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What all benches of one invocation share.
 *
 * @param out the folder for results and logs
 * @param threads threads of every process
 * @param warmUp rounds that are not counted
 * @param rounds rounds that are
 * @param libTorch libtorch's side
 * @param screen where progress is told
 */
record Setting(
    Path out, int threads, int warmUp, int rounds, LibTorch libTorch, PrintWriter screen) {
  /** The same with another number of threads. */
  Setting withThreads(int count) {
    return new Setting(out, count, warmUp, rounds, libTorch, screen);
  }

  /** The same settings of the native libraries for every process. */
  Map<String, String> environment(Variant variant) {
    Map<String, String> environment = new HashMap<>();
    for (String library : new String[] {"OMP", "MKL", "OPENBLAS"}) {
      environment.put(library + "_NUM_THREADS", Integer.toString(threads));
    }
    environment.put("OMP_WAIT_POLICY", "passive");
    if (variant.needsLibTorch()) {
      environment.putAll(libTorch.environment());
    }
    return environment;
  }

  /** The file that a process's or Maven's words go to. */
  Path log(String name) {
    try {
      Path folder = Files.createDirectories(out.resolve("logs"));
      return folder.resolve(name.replaceAll("[^A-Za-z0-9.-]+", "-") + ".log");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + out, e);
    }
  }

  /** Tells how it goes. */
  void say(String text, Object... values) {
    screen.println(String.format(Locale.ROOT, text, values));
    screen.flush();
  }
}
