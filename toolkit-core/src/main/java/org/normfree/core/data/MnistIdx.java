package org.normfree.core.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
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
      classes[i] = labels.values[labels.start + i] & 0xFF;
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
      int from = images.start + i * height * width;
      pixels[i] = Arrays.copyOfRange(images.values, from, from + height * width);
    }
    return new RawImages(pixels, classes, height, width, 1, classNames, 255);
  }

  /** Both spellings are about, with a dash and, after some unpackers, with a dot. */
  private static Path find(Path folder, String stem, String type) {
    Sources.requireFolder(folder);
    return Stream.of("-", ".")
        .flatMap(joint -> Stream.of("", ".gz").map(end -> stem + joint + type + end))
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "%s holds no %s-%s, plain or .gz; point data.path at the folder of the four idx"
                            .formatted(folder, stem, type)
                        + " files"));
  }

  /** One idx file: its dimensions, and its values from {@code start} on. */
  private record Idx(int[] dimensions, byte[] values, int start) {
    static Idx read(Path file, int magic, int rank) {
      byte[] bytes = inflate(file, Sources.bytes(file));
      int start = 4 + 4 * rank;
      if (bytes.length < start) {
        throw new InputException(
            "%s holds %s bytes, not even the %s of an idx header; it is truncated, so fetch it again"
                .formatted(file, bytes.length, start));
      }
      ByteBuffer header = ByteBuffer.wrap(bytes);
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
      long expected = 1;
      for (int d = 0; d < rank; d++) {
        dimensions[d] = header.getInt();
        if (dimensions[d] < 1) {
          throw new InputException(
              "%s gives dimension %s the size %s, expected 1 or more; it is damaged, so fetch it"
                      .formatted(file, d, dimensions[d])
                  + " again");
        }
        expected = Math.min(expected * dimensions[d], Integer.MAX_VALUE);
      }
      if (bytes.length - start != expected) {
        throw new InputException(
            "%s holds %s bytes after its header, expected %s for %s; it is truncated or damaged, so"
                    .formatted(file, bytes.length - start, expected, Arrays.toString(dimensions))
                + " fetch it again");
      }
      return new Idx(dimensions, bytes, start);
    }

    private static byte[] inflate(Path file, byte[] bytes) {
      boolean compressed =
          bytes.length > 1 && (bytes[0] & 0xFF) == 0x1F && (bytes[1] & 0xFF) == 0x8B;
      if (!compressed) {
        return bytes;
      }
      try (var gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        return gzip.readAllBytes();
      } catch (IOException e) {
        throw new InputException(
            "%s is not a whole gzip file; it is truncated or damaged, so fetch it again"
                .formatted(file),
            e);
      }
    }
  }
}
