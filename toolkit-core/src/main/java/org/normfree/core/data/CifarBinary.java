package org.normfree.core.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.normfree.core.InputException;

/**
 * Reads CIFAR-10 in its binary version: 32×32 colour images in records of 3,073 bytes: a label 0 …
 * 9, then the red, the green and the blue plane, each row by row.
 *
 * <p>Training images are read from every {@code data_batch*.bin} and {@code train*.bin} of the
 * folder, in the order of the names, test images from {@code test*.bin}; a tenth of each class of
 * the training images, always the same ones, becomes the validation part. Class names come from
 * {@code batches.meta.txt} where it is present. Format: A. Krizhevsky, <a
 * href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 dataset</a>.
 */
public final class CifarBinary {
  private static final Pattern TRAIN = Pattern.compile("(data_batch|train).*\\.bin");
  private static final Pattern TEST = Pattern.compile("test.*\\.bin");
  private static final String META = "batches.meta.txt";
  private static final int SIDE = 32;
  private static final int CHANNELS = 3;
  private static final int PLANE = SIDE * SIDE;
  private static final int RECORD = 1 + CHANNELS * PLANE;
  private static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private CifarBinary() {}

  /**
   * @param folder the folder with the files
   * @return the images, [32, 32, 3]
   * @throws InputException if a file is missing, truncated, the same as another or holds a label
   *     above 9
   */
  public static ImageSplits load(Path folder) {
    List<String> classNames = classNames(folder);
    List<Path> trainFiles = files(folder, TRAIN, "data_batch_1.bin or train.bin");
    List<Path> testFiles = files(folder, TEST, "test_batch.bin or test.bin");
    List<Path> all = new ArrayList<>(trainFiles);
    all.addAll(testFiles);
    refuseCopies(all);
    all.add(folder.resolve(META));
    all.add(folder.resolve("readme.html"));
    Sources.tellLeftOut(folder, 1, all, "are data_batch*.bin or train*.bin, and test*.bin");
    RawImages train = read(trainFiles, classNames);
    RawImages test = read(testFiles, classNames);
    return Sources.withValidation(folder, train, test);
  }

  /** A copy would put every image in twice, some in training and validation both. */
  private static void refuseCopies(List<Path> files) {
    Map<Integer, List<Path>> alike = new HashMap<>();
    for (Path file : files) {
      byte[] bytes = Sources.bytes(file);
      List<Path> others = alike.computeIfAbsent(Arrays.hashCode(bytes), hash -> new ArrayList<>());
      for (Path other : others) {
        if (Arrays.equals(bytes, Sources.bytes(other))) {
          throw new InputException(
              "%s and %s are the same, so each of their images would be there twice; remove one of them"
                  .formatted(other, file));
        }
      }
      others.add(file);
    }
  }

  private static List<Path> files(Path folder, Pattern pattern, String examples) {
    List<Path> files =
        Sources.children(folder).stream()
            .filter(file -> pattern.matcher(Sources.name(file)).matches())
            .toList();
    if (files.isEmpty()) {
      throw new InputException(
          "%s holds no file like %s; point data.path at the folder of the CIFAR-10 binary version"
              .formatted(folder, examples));
    }
    return files;
  }

  private static List<String> classNames(Path folder) {
    Path meta = folder.resolve(META);
    if (!Files.exists(meta)) {
      return CLASS_NAMES;
    }
    List<String> names;
    try (var lines = Files.lines(meta)) {
      names = lines.map(String::strip).filter(line -> !line.isEmpty()).toList();
    } catch (IOException | UncheckedIOException e) {
      throw Sources.unreadable(meta, e);
    }
    if (names.size() != CLASS_NAMES.size()) {
      throw new InputException(
          "%s names %s classes, expected %s, one a line; correct or remove it"
              .formatted(meta, names.size(), CLASS_NAMES.size()));
    }
    return names;
  }

  private static RawImages read(List<Path> files, List<String> classNames) {
    List<byte[]> pixels = new ArrayList<>();
    IntStream.Builder labels = IntStream.builder();
    for (Path file : files) {
      byte[] bytes = Sources.bytes(file);
      if (bytes.length == 0 || bytes.length % RECORD != 0) {
        throw new InputException(
            "%s holds %s bytes, expected a positive multiple of %s (a label and 32×32×3 pixels); it"
                    .formatted(file, bytes.length, RECORD)
                + " is truncated or not the CIFAR-10 binary version, so fetch it again");
      }
      for (int start = 0; start < bytes.length; start += RECORD) {
        int label = bytes[start] & 0xFF;
        if (label >= classNames.size()) {
          throw new InputException(
              "%s has label %s in record %s, expected 0 to 9; is it the CIFAR-10 binary version?"
                  .formatted(file, label, start / RECORD));
        }
        labels.add(label);
        pixels.add(interleave(bytes, start + 1));
      }
    }
    return new RawImages(
        pixels.toArray(byte[][]::new),
        labels.build().toArray(),
        SIDE,
        SIDE,
        CHANNELS,
        classNames,
        255);
  }

  /** Three planes one after the other become one image of three channels. */
  private static byte[] interleave(byte[] planes, int start) {
    byte[] image = new byte[CHANNELS * PLANE];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int k = 0; k < PLANE; k++) {
        image[k * CHANNELS + channel] = planes[start + channel * PLANE + k];
      }
    }
    return image;
  }
}
