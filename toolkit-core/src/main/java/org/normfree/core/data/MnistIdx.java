package org.normfree.core.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.normfree.core.InputException;

/**
 * Reads MNIST and the sets that share its idx format: grey images in {@code
 * train-images-idx3-ubyte} and {@code t10k-images-idx3-ubyte}, labels in the matching {@code
 * labels-idx1-ubyte}, each plain or gzip-compressed ({@code .gz}).
 *
 * <p>An idx file is a big-endian magic number (0x803 for images, 0x801 for labels), the sizes of
 * its dimensions as 32-bit integers, then one unsigned byte a value. A tenth of each class of the
 * training images, always the same ones, becomes the validation part. Format: Y. LeCun, C. Cortes,
 * C. Burges, <a href="http://yann.lecun.com/exdb/mnist/">The MNIST database</a>.
 */
public final class MnistIdx {
  /** Names of the classes of MNIST. */
  public static final List<String> DIGIT_NAMES =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();

  /** Names of the classes of Fashion-MNIST (arXiv 1708.07747). */
  public static final List<String> FASHION_NAMES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;

  private MnistIdx() {}

  /**
   * @param folder the folder with the four files
   * @param classNames a name a class; labels must lie below their number
   * @return the images, one channel
   * @throws InputException if a file is missing, truncated or of another format, or if images and
   *     labels do not match
   */
  public static ImageSplits load(Path folder, List<String> classNames) {
    RawImages train = read(folder, "train", classNames);
    RawImages test = read(folder, "t10k", classNames);
    if (train.height() != test.height() || train.width() != test.width()) {
      throw new InputException(
          "%s mixes training images of %s×%s and test images of %s×%s pixels, expected one size"
                  .formatted(folder, train.height(), train.width(), test.height(), test.width())
              + "; take all files from one data set");
    }
    return Sources.withValidation(folder, train, test);
  }

  private static RawImages read(Path folder, String part, List<String> classNames) {
    Path imageFile = find(folder, part + "-images", "idx3-ubyte");
    Path labelFile = find(folder, part + "-labels", "idx1-ubyte");
    Idx images = Idx.read(imageFile, IMAGES_MAGIC, 3);
    Idx labels = Idx.read(labelFile, LABELS_MAGIC, 1);
    int count = images.dimensions[0];
    if (labels.dimensions[0] != count) {
      throw new InputException(
          "%s holds %s labels but %s holds %s images; take both from one data set"
              .formatted(labelFile, labels.dimensions[0], imageFile, count));
    }
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      classes[i] = labels.values[i] & 0xFF;
      if (classes[i] >= classNames.size()) {
        throw new InputException(
            "%s has label %s at position %s, expected 0 to %s; is it the right data set?"
                .formatted(labelFile, classes[i], i, classNames.size() - 1));
      }
    }
    int height = images.dimensions[1];
    int width = images.dimensions[2];
    byte[][] pixels = new byte[count][];
    for (int i = 0; i < count; i++) {
      int from = i * height * width;
      pixels[i] = Arrays.copyOfRange(images.values, from, from + height * width);
    }
    return new RawImages(pixels, classes, height, width, 1, classNames, 255);
  }

  /** Both spellings are about, with a dash and, after some unpackers, with a dot. */
  private static Path find(Path folder, String stem, String type) {
    List<Path> there =
        Stream.of("-", ".")
            .flatMap(joint -> Stream.of("", ".gz").map(end -> stem + joint + type + end))
            .map(folder::resolve)
            .filter(Files::isRegularFile) // some unpackers make a folder of that name, too
            .toList();
    if (there.isEmpty()) {
      throw new InputException(
          "%s holds no %s-%s, plain or .gz; point data.path at the folder of the four idx files"
              .formatted(folder, stem, type));
    }
    if (there.size() > 1) {
      Sources.tell(
          folder,
          "%s is read, %s beside it is left out"
              .formatted(Sources.name(there.get(0)), Sources.name(there.get(1))));
    }
    return there.get(0);
  }

  /** One idx file: its dimensions, and its values one after the other. */
  private record Idx(int[] dimensions, byte[] values) {
    static Idx read(Path file, int magic, int rank) {
      try (InputStream in = open(Sources.bytes(file))) {
        return read(file, in, magic, rank);
      } catch (IOException e) {
        throw new InputException(
            "%s is not a whole gzip file; it is truncated or damaged, so fetch it again"
                .formatted(file),
            e);
      }
    }

    private static InputStream open(byte[] bytes) throws IOException {
      boolean compressed =
          bytes.length > 1 && (bytes[0] & 0xFF) == 0x1F && (bytes[1] & 0xFF) == 0x8B;
      InputStream plain = new ByteArrayInputStream(bytes);
      return compressed ? new GZIPInputStream(plain) : plain;
    }

    private static Idx read(Path file, InputStream in, int magic, int rank) throws IOException {
      int start = 4 + 4 * rank;
      byte[] head = in.readNBytes(start);
      if (head.length < start) {
        throw new InputException(
            "%s holds %s bytes, not even the %s of an idx header; it is truncated, so fetch it again"
                .formatted(file, head.length, start));
      }
      ByteBuffer header = ByteBuffer.wrap(head);
      int found = header.getInt();
      if (found != magic) {
        throw new InputException(
            "%s begins with 0x%s, expected the idx magic number 0x%s (%s); is it another file?"
                .formatted(
                    file,
                    HexFormat.of().toHexDigits(found),
                    HexFormat.of().toHexDigits(magic),
                    rank == 3 ? "images" : "labels"));
      }
      int[] dimensions = new int[rank];
      double expected = 1;
      for (int d = 0; d < rank; d++) {
        dimensions[d] = header.getInt();
        if (dimensions[d] < 1) {
          throw new InputException(
              "%s gives dimension %s the size %s, expected 1 or more; it is damaged, so fetch it"
                      .formatted(file, d, dimensions[d])
                  + " again");
        }
        expected *= dimensions[d];
      }
      return new Idx(dimensions, values(file, in, dimensions, expected));
    }

    /** No more than the header says and one byte is ever unpacked. */
    private static byte[] values(Path file, InputStream in, int[] dimensions, double expected)
        throws IOException {
      byte[] values = in.readNBytes((int) Math.min(expected, (double) Sources.room()));
      boolean more = in.read() >= 0;
      if (values.length < expected && more) {
        Sources.requireRoom(file, "says that it holds", (long) expected);
      }
      if (values.length != expected || more) {
        throw new InputException(
            "%s holds %s%s bytes after its header, expected %s for %s; it is truncated or damaged, so"
                    .formatted(
                        file,
                        more ? "more than " : "",
                        values.length,
                        new BigDecimal(expected).toPlainString(),
                        Arrays.toString(dimensions))
                + " fetch it again");
      }
      return values;
    }
  }
}
