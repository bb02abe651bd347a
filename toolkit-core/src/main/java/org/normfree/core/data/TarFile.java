package org.normfree.core.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.normfree.core.InputException;

/**
 * Takes files out of a {@code .tar.gz} by their names; folders in the archive do not count, so that
 * nothing can be written elsewhere.
 */
final class TarFile {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE = 124;
  private static final int SIZE_DIGITS = 12;
  private static final int TYPE = 156;

  private TarFile() {}

  /**
   * @param archive the archive
   * @param wanted which file names are taken
   * @param folder where they are written to
   * @return how many there were
   * @throws InputException if it is no whole archive
   */
  static int unpack(Path archive, Pattern wanted, Path folder) {
    int taken = 0;
    byte[] header = new byte[BLOCK];
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
      while (in.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
        long size = Long.parseLong(text(header, SIZE, SIZE_DIGITS).strip(), 8);
        String path = text(header, 0, NAME);
        String name = path.substring(path.lastIndexOf('/') + 1);
        boolean plain = header[TYPE] == '0' || header[TYPE] == 0;
        if (plain && wanted.matcher(name).matches()) {
          try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            copy(in, out, size);
          }
          taken++;
        } else {
          copy(in, OutputStream.nullOutputStream(), size);
        }
        copy(in, OutputStream.nullOutputStream(), Math.floorMod(-size, (long) BLOCK));
      }
      return taken;
    } catch (NumberFormatException e) {
      throw new InputException("%s is no tar.gz archive; fetch it anew".formatted(archive), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + archive, e);
    }
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  private static void copy(InputStream in, OutputStream out, long size) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = size; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("the archive ends early");
      }
      out.write(buffer, 0, n);
      left -= n;
    }
  }
}
