package org.normfree.experiments.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** What is running: the toolkit's version and commit, ND4J's version, the processor. */
public final class Build {
  private static final String UNKNOWN = "unknown";

  private Build() {}

  /** The toolkit's version. */
  public static String version() {
    return property(Build.class, "toolkit.properties");
  }

  /** ND4J's version as its jar tells it; does not load ND4J. */
  public static String nd4jVersion() {
    return property(Build.class, "/META-INF/maven/org.nd4j/nd4j-api/pom.properties");
  }

  /** The commit of the checkout this class was loaded from. */
  static String commit() {
    try {
      Path code = Path.of(Build.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return checkout(code).flatMap(Build::commit).orElse(UNKNOWN);
    } catch (URISyntaxException | IllegalArgumentException | SecurityException e) {
      return UNKNOWN;
    }
  }

  /**
   * @param checkout a folder with {@code .git}, which is a file in a linked work tree
   * @return the commit its HEAD stands at
   */
  static Optional<String> commit(Path checkout) {
    try {
      Path git = checkout.resolve(".git");
      if (Files.isRegularFile(git)) {
        git = checkout.resolve(Files.readString(git).strip().replaceFirst("^gitdir: ", ""));
      }
      String head = Files.readString(git.resolve("HEAD")).strip();
      if (!head.startsWith("ref: ")) {
        return Optional.of(head);
      }
      String ref = head.substring("ref: ".length());
      Path shared = git.resolve("commondir");
      Path refs =
          Files.exists(shared) ? git.resolve(Files.readString(shared).strip()).normalize() : git;
      if (Files.exists(refs.resolve(ref))) {
        return Optional.of(Files.readString(refs.resolve(ref)).strip());
      }
      try (Stream<String> packed = Files.lines(refs.resolve("packed-refs"))) {
        return packed
            .filter(line -> line.endsWith(" " + ref))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .findFirst();
      }
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** The processor's name, or its architecture where no name is to be had. */
  static String cpu() {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      try (Stream<String> lines = Files.lines(info)) {
        Optional<String> model =
            lines
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
        if (model.isPresent()) {
          return model.get();
        }
      } catch (IOException | UncheckedIOException e) {
        // some containers hide it
      }
    }
    return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER"))
        .orElse(System.getProperty("os.arch"));
  }

  private static Optional<Path> checkout(Path code) {
    return Stream.iterate(code, folder -> folder != null, Path::getParent)
        // not just any repository that happens to hold the installed jar
        .filter(folder -> Files.exists(folder.resolve(".git")))
        .filter(folder -> Files.isDirectory(folder.resolve("toolkit-experiments")))
        .findFirst();
  }

  private static String property(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        return UNKNOWN;
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", UNKNOWN);
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
