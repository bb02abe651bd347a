package org.normfree.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.normfree.core.InputException;

/**
 * The module {@code toolkit-benchmarks/libtorch}: built by Maven when a bench first needs it, which
 * fetches DJL and libtorch (110 MB). A plain build of the toolkit does neither.
 */
final class LibTorch {
  private final Path module;

  /**
   * @param home the toolkit's folder
   */
  LibTorch(Path home) {
    module = home.resolve("toolkit-benchmarks").resolve("libtorch");
  }

  /** The toolkit's folder, looked for upwards from the place of these classes. */
  static Path home() {
    Path start;
    try {
      start = Path.of(LibTorch.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("toolkit-benchmarks/libtorch/pom.xml"))) {
        return folder;
      }
    }
    throw new InputException(
        "the toolkit's sources are not above %s, but libtorch's side is built from them; run it from a checkout, or without the peer libtorch"
            .formatted(start));
  }

  /** The environment of its process: libtorch is unpacked below the build folder. */
  Map<String, String> environment() {
    String cache = module.resolve("target").resolve("cache").toString();
    return Map.of("DJL_CACHE_DIR", cache, "ENGINE_CACHE_DIR", cache);
  }

  /**
   * Builds the module if its sources are newer than its jar.
   *
   * @param log where Maven's output goes
   * @return the jar
   * @throws PeerException if it cannot be built, for example because nothing can be fetched
   */
  Path jar(Path log) {
    Path jar = module.resolve("target").resolve("toolkit-libtorch.jar");
    try {
      if (Files.exists(jar) && !newer(jar)) {
        return jar;
      }
      List<String> command = new ArrayList<>();
      boolean windows = System.getProperty("os.name").startsWith("Windows");
      command.add(windows ? "mvn.cmd" : "mvn");
      command.addAll(List.of("-q", "-B", "-f", module.resolve("pom.xml").toString()));
      String given = System.getenv("TOOLKIT_MAVEN_ARGS");
      Stream.of(given == null ? new String[0] : given.strip().split("\\s+"))
          .filter(word -> !word.isEmpty())
          .forEach(command::add);
      command.addAll(List.of("-Dmaven.test.skip=true", "package"));
      Process maven =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      maven.getOutputStream().close();
      if (maven.waitFor() != 0) {
        throw new PeerException("libtorch: %s (more in %s)".formatted(reason(log), log), null);
      }
      return jar;
    } catch (IOException e) {
      throw new PeerException("libtorch: cannot be built (%s)".formatted(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerException("libtorch: interrupted while it was built", e);
    }
  }

  private boolean newer(Path jar) throws IOException {
    long built = Files.getLastModifiedTime(jar).toMillis();
    for (Path root :
        List.of(
            module.resolve("pom.xml"),
            module.resolve("src"),
            module.resolveSibling("src/main/java/org/normfree/benchmarks/peer"))) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.toList()) {
          if (Files.getLastModifiedTime(file).toMillis() > built) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static String reason(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("[ERROR]"))
        .findFirst()
        .map(line -> line.replace("[ERROR]", "").strip())
        .orElse("Maven failed");
  }
}
