package org.normfree.experiments.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.normfree.core.InputException;

/** Paths as a person types them. */
public final class TypedPath {
  private TypedPath() {}

  /**
   * Some shells leave the tilde of {@code key=~/folder} and {@code --out=~/folder} alone; a folder
   * of that name would be removed with great ease by {@code rm -r ~}.
   *
   * @param text a path, also one that begins in the home folder, {@code ~} or {@code ~/folder}
   * @return the path
   * @throws InvalidPathException if it is none
   * @throws InputException if it begins with another user's home folder
   */
  public static Path of(String text) {
    if (text.equals("~") || text.startsWith("~/")) {
      return Path.of(home(), text.substring(Math.min(2, text.length())));
    }
    if (text.startsWith("~") && !Files.exists(Path.of(text))) {
      throw new InputException(
          "%s begins with ~, which only the shell could make a home folder of: write the whole path, or ./%s"
              .formatted(text, text));
    }
    return Path.of(text);
  }

  private static String home() {
    String home = System.getenv("HOME");
    return home == null || home.isEmpty() ? System.getProperty("user.home") : home;
  }
}
