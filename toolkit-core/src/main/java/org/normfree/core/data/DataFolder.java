package org.normfree.core.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.InputException;

/** The folder in which fetched data sets are kept, a folder a set. */
public final class DataFolder {
  /** The variable of the environment that names it. */
  public static final String VARIABLE = "TOOLKIT_DATA";

  private static final String NAME = "normfree-toolkit";

  private DataFolder() {}

  /** The folder of this process: what {@link #VARIABLE} says, or the system's place for caches. */
  public static Path root() {
    return root(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"));
  }

  /**
   * @param environment variables
   * @param system the operating system's name, as Java tells it
   * @param home the user's home folder
   * @return the folder; it need not exist
   */
  static Path root(Map<String, String> environment, String system, String home) {
    String given = environment.getOrDefault(VARIABLE, "");
    if (!given.isBlank()) {
      return Path.of(given.startsWith("~/") ? home + given.substring(1) : given);
    }
    String os = system.toLowerCase(Locale.ROOT);
    if (os.startsWith("windows")) {
      String local = environment.getOrDefault("LOCALAPPDATA", "");
      return (local.isBlank() ? Path.of(home, "AppData", "Local") : Path.of(local)).resolve(NAME);
    }
    if (os.startsWith("mac")) {
      return Path.of(home, "Library", "Caches", NAME);
    }
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (cache.isBlank() ? Path.of(home, ".cache") : Path.of(cache)).resolve(NAME);
  }

  /**
   * @param name a data set that can be fetched
   * @return its folder, if it was fetched
   */
  public static Optional<Path> of(String name) {
    return Optional.of(root().resolve(name)).filter(Files::isDirectory);
  }

  /**
   * The folder of a data set: the one that is given, or where it was fetched to.
   *
   * @param path what {@code data.path} says
   * @param name the data set
   * @param format what lies in such a folder
   * @throws InputException if there is neither; it says what would fetch the set
   */
  public static Path given(Optional<Path> path, String name, String format) {
    return path.or(() -> fetched(name))
        .orElseThrow(
            () ->
                new InputException(
                    "data=%s needs data.path, the folder that holds %s%s"
                        .formatted(
                            name,
                            format,
                            isRemote(name)
                                ? ", or fetch it to %s with \"toolkit data get %s\""
                                    .formatted(root(), name)
                                : "")));
  }

  private static Optional<Path> fetched(String name) {
    return isRemote(name) ? of(name) : Optional.empty();
  }

  private static boolean isRemote(String name) {
    return RemoteSet.ALL.stream().anyMatch(set -> set.name().equals(name));
  }
}
