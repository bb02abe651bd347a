package org.normfree.core.record;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Makes folders, takes them away again, and makes what was put into them outlive a power cut. */
public final class Folders {
  private Folders() {}

  /**
   * Makes a folder and those above it that are missing; all of them or none.
   *
   * @param folder the folder
   * @return the ones that were not there, from the outermost to the innermost
   * @throws IOException if one cannot be made, for example because a file has its name
   */
  public static List<Path> create(Path folder) throws IOException {
    List<Path> made = new ArrayList<>();
    try {
      create(folder.toAbsolutePath(), made);
    } catch (IOException e) {
      try {
        remove(made);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
    return List.copyOf(made);
  }

  private static void create(Path folder, List<Path> made) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent == null) {
      throw new IOException("there is no " + folder);
    }
    create(parent, made);
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(folder)) { // somebody else was faster
        return;
      }
      throw e;
    }
    made.add(folder);
    force(parent);
  }

  /**
   * Takes folders away that {@link #create} made. One that holds something by now stays, and so do
   * those above it.
   *
   * @param made what {@link #create} returned
   * @throws IOException if one cannot be removed
   */
  public static void remove(List<Path> made) throws IOException {
    for (int i = made.size() - 1; i >= 0; i--) {
      try {
        // a link in its place is not what was made
        if (Files.isDirectory(made.get(i), LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(made.get(i));
        }
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  /**
   * Deletes a folder with all that is in it; links are deleted, not followed.
   *
   * @param folder the folder; nothing happens if there is none
   * @throws IOException if something in it cannot be deleted
   */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Makes a folder's entries durable: new and renamed files in it are still there after a power
   * cut. Without effect where the system knows no such thing; what cannot be written to the disk
   * shows when the files themselves are forced.
   *
   * @param folder the folder
   */
  public static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folder, and some network drives take no such order
    }
  }
}
