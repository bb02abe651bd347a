package org.normfree.core.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/** The data sets by name: what the keys {@code data}, {@code data.path}, {@code data.size} mean. */
public final class DataSets {
  /** The values of {@code data}, the default first. */
  public static final List<String> NAMES =
      List.of("digits", "cifar10", "mnist", "fashion-mnist", "folder");

  private static final String IDX_FILES =
      "the four idx files (train-images-idx3-ubyte, t10k-labels-idx1-ubyte, …, plain or .gz)";

  private DataSets() {}

  /**
   * Loads a data set; each call reads it anew and gives the same images in the same order.
   *
   * @param name one of {@link #NAMES}
   * @param path where its files are; needed by all sets but {@code digits} and those that were
   *     {@linkplain DataFolder fetched}
   * @param imageSize side of the images in pixels, for {@code folder} only; 0 takes them as they
   *     are
   * @return the images in their three parts
   * @throws InputException if the name is unknown, the path is missing or not wanted, or the files
   *     cannot be used
   */
  public static ImageSplits load(String name, Optional<Path> path, int imageSize) {
    if (!NAMES.contains(name)) {
      throw new InputException(
          "unknown data '%s'; %s".formatted(name, Suggestion.forName(name, NAMES)));
    }
    if (imageSize != 0 && !name.equals("folder")) {
      throw new InputException(
          "data.size=%s applies to data=folder only, expected 0 for data=%s"
              .formatted(imageSize, name));
    }
    return switch (name) {
      case "digits" -> {
        if (path.isPresent()) {
          throw new InputException(
              "data.path=%s is given but data=digits is built in; choose another data or drop it"
                  .formatted(path.get()));
        }
        yield Digits.load();
      }
      case "cifar10" ->
          CifarBinary.load(
              DataFolder.given(
                  path, name, "data_batch_1.bin … data_batch_5.bin and test_batch.bin"));
      case "mnist" -> MnistIdx.load(DataFolder.given(path, name, IDX_FILES), MnistIdx.DIGIT_NAMES);
      case "fashion-mnist" ->
          MnistIdx.load(DataFolder.given(path, name, IDX_FILES), MnistIdx.FASHION_NAMES);
      case "folder" ->
          ImageFolder.load(
              DataFolder.given(path, name, "train/<class>/*.png or <class>/*.png (or .jpg)"),
              imageSize);
      default -> throw new IllegalStateException(name);
    };
  }
}
