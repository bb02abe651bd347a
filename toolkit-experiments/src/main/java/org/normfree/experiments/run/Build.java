package org.normfree.experiments.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is running: the toolkit's version and commit, and those of the libraries below it. */
public final class Build {
  private static final String UNKNOWN = "unknown";

  /** What computes outside Java, by the folders in which their jars tell their versions. */
  private static final Map<String, String> NATIVES =
      Map.of(
          "cuda", "org.bytedeco/cuda",
          "javacpp", "org.bytedeco/javacpp",
          "nd4j-cuda", "org.nd4j/nd4j-cuda-11.6",
          "nd4j-native", "org.nd4j/nd4j-native",
          "onednn", "org.bytedeco/dnnl",
          "openblas", "org.bytedeco/openblas");

  private Build() {}

  /** The toolkit's version. */
  public static String version() {
    return property(Build.class, "toolkit.properties");
  }

  /** ND4J's version as its jar tells it; does not load ND4J. */
  public static String nd4jVersion() {
    return mavenVersion("org.nd4j/nd4j-api");
  }

  /** Versions of the native libraries' jars on the class path; loads none of them. */
  static SortedMap<String, String> natives() {
    SortedMap<String, String> versions = new TreeMap<>();
    NATIVES.forEach((name, artifact) -> versions.put(name, mavenVersion(artifact)));
    versions.values().removeIf(UNKNOWN::equals);
    return versions;
  }

  /** The commit of the checkout this class was loaded from. */
  static String commit() {
    return ownCheckout().flatMap(Build::commit).orElse(UNKNOWN);
  }

  /** Whether that checkout has changes that are in no commit; empty if that cannot be told. */
  static Optional<Boolean> isDirty() {
    return OfThisProcess.DIRTY;
  }

  /** Looked up once: what a process runs is what there was when it started. */
  private static final class OfThisProcess {
    static final Optional<Boolean> DIRTY = ownCheckout().flatMap(WorkTree::isDirty);
  }

  private static Optional<Path> ownCheckout() {
    try {
      return checkout(
          Path.of(Build.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
    } catch (URISyntaxException | IllegalArgumentException | SecurityException e) {
      return Optional.empty();
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

  private static Optional<Path> checkout(Path code) {
    return Stream.iterate(code, folder -> folder != null, Path::getParent)
        // not just any repository that happens to hold the installed jar
        .filter(folder -> Files.exists(folder.resolve(".git")))
        .filter(folder -> Files.isDirectory(folder.resolve("toolkit-experiments")))
        .findFirst();
  }

  private static String mavenVersion(String artifact) {
    return property(Build.class, "/META-INF/maven/%s/pom.properties".formatted(artifact));
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
