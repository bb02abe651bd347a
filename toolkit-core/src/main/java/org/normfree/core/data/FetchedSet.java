package org.normfree.core.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.normfree.core.InputException;

/**
 * A data set that was fetched.
 *
 * @param folder where it lies
 * @param notes what is to be said of it
 */
public record FetchedSet(Path folder, List<String> notes) {
  /** Where a set that is not whole yet is put together. */
  private static final String UNFINISHED = ".fetching-";

  /** Copies the list. */
  public FetchedSet {
    notes = List.copyOf(notes);
  }

  /**
   * Fetches a set, or what is left of it. Its folder appears when the set is whole.
   *
   * @param set the set
   * @param root the folder of data sets
   * @param download fetches files
   * @return where it is
   * @throws InputException if it cannot be fetched
   */
  public static FetchedSet get(RemoteSet set, Path root, Download download) {
    Path folder = root.resolve(set.name());
    if (Files.isDirectory(folder)) {
      return new FetchedSet(folder, List.of(set.name() + " was fetched before"));
    }
    Path unfinished = root.resolve(UNFINISHED + set.name());
    List<String> notes = new ArrayList<>();
    try {
      Files.createDirectories(unfinished);
      for (RemoteSet.RemoteFile file : set.files()) {
        Path target = unfinished.resolve(file.name());
        if (Files.exists(target)) {
          continue;
        }
        String sha256 = download.fetch(file, target);
        notes.add(
            "%s: SHA-256 %s, %s"
                .formatted(
                    file.name(),
                    sha256,
                    file.sha256().isPresent() ? "as on record" : "none is on record"));
      }
      for (RemoteSet.RemoteFile file : set.files()) {
        if (file.wanted().isPresent()) {
          unpack(file, unfinished);
        }
      }
      Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + root, e);
    }
    return new FetchedSet(folder, notes);
  }

  private static void unpack(RemoteSet.RemoteFile file, Path folder) throws IOException {
    Path archive = folder.resolve(file.name());
    if (TarFile.unpack(archive, file.wanted().orElseThrow(), folder) == 0) {
      throw new InputException(
          "%s holds none of the files that it should; it may be another version"
              .formatted(file.address()));
    }
    Files.delete(archive);
  }
}
