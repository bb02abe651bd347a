package org.normfree.core.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.normfree.core.InputException;

/**
 * Reads PNG and JPEG files sorted into a folder a class: {@code DIR/train/<class>/*.png} with
 * optional {@code DIR/val} (or {@code validation}, {@code valid}, {@code dev}) and {@code
 * DIR/test}, or just {@code DIR/<class>/*.png}.
 *
 * <p>A part that has no folder of its own is held out of the training images: a tenth of each
 * class, always the same ones. Classes are the folders of the training part in the order of their
 * names; a folder {@code train} that holds images itself, beside other folders, is a class. Images
 * have one channel if every pixel of every image is grey, otherwise three; transparency is ignored.
 * Files that are not read are told of in one line.
 */
public final class ImageFolder {
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");
  private static final String TRAIN = "train";
  private static final List<String> VALIDATION = List.of("val", "validation", "valid", "dev");
  private static final List<String> TEST = List.of("test");

  private static final String RULE =
      "are .png, .jpg and .jpeg in a folder a class, these in train/, val/ and test/ if there is a"
          + " train/";

  private ImageFolder() {}

  /**
   * @param folder the folder
   * @param imageSize side to which every image is cropped (to its central square) and resized; 0
   *     takes images as they are, which must then all be of one size
   * @return the images
   * @throws InputException if there are no classes, a class has too few images, the parts differ in
   *     their classes, a file is not an image, or sizes differ
   */
  public static ImageSplits load(Path folder, int imageSize) {
    if (imageSize < 0) {
      throw new InputException(
          "data.size is %s, expected a side in pixels, or 0 for images as they are"
              .formatted(imageSize));
    }
    Sources.requireFolder(folder);
    boolean divided = isDivided(folder);
    Path trainFolder = divided ? folder.resolve(TRAIN) : folder;
    Optional<Path> validationFolder = divided ? part(folder, VALIDATION) : Optional.empty();
    Optional<Path> testFolder = divided ? part(folder, TEST) : Optional.empty();

    List<String> classNames = classes(trainFolder);
    List<Path> files = new ArrayList<>();
    IntStream.Builder labels = IntStream.builder();
    int heldOut = (validationFolder.isEmpty() ? 1 : 0) + (testFolder.isEmpty() ? 1 : 0);
    int[] train = add(trainFolder, classNames, 1 + heldOut, files, labels);
    int[] validation = addOptional(validationFolder, trainFolder, classNames, files, labels);
    int[] test = addOptional(testFolder, trainFolder, classNames, files, labels);
    Sources.tellLeftOut(folder, divided ? 3 : 2, files, RULE);
    RawImages images = ImageFiles.decode(files, labels.build().toArray(), classNames, imageSize);

    if (test.length == 0) {
      Holdout division = Holdout.of(train, images.labels(), classNames.size(), Holdout.TENTH);
      train = division.kept();
      test = division.held();
    }
    if (validation.length == 0) {
      Holdout division = Holdout.of(train, images.labels(), classNames.size(), Holdout.TENTH);
      train = division.kept();
      validation = division.held();
    }
    return new ImageSplits(images.select(train), images.select(validation), images.select(test));
  }

  private static Optional<Path> part(Path folder, List<String> names) {
    return Sources.only(
        folder, names.stream().map(folder::resolve).filter(Files::isDirectory).toList());
  }

  /** A class may be called train: then its folder holds images, as those of other classes do. */
  private static boolean isDivided(Path folder) {
    Path train = folder.resolve(TRAIN);
    if (!Files.isDirectory(train)) {
      return false;
    }
    List<Path> content = Sources.children(train);
    boolean images =
        content.stream().anyMatch(ImageFolder::isImage)
            && content.stream().noneMatch(Files::isDirectory);
    return !images
        || Sources.children(folder).stream()
            .filter(Files::isDirectory)
            .map(Sources::name)
            .allMatch(
                name -> name.equals(TRAIN) || VALIDATION.contains(name) || TEST.contains(name));
  }

  private static List<String> classes(Path part) {
    List<String> names =
        Sources.children(part).stream().filter(Files::isDirectory).map(Sources::name).toList();
    if (names.size() < 2) {
      throw new InputException(
          "%s holds %s class folders, expected at least two; put the images of each class into a"
                  .formatted(part, names.size())
              + " folder of its name");
    }
    return names;
  }

  /** Appends the files of a part and their labels; returns their indices. */
  private static int[] add(
      Path part, List<String> classNames, int least, List<Path> files, IntStream.Builder labels) {
    int first = files.size();
    for (int label = 0; label < classNames.size(); label++) {
      Path classFolder = part.resolve(classNames.get(label));
      List<Path> members =
          Sources.children(classFolder).stream().filter(ImageFolder::isImage).toList();
      if (members.size() < least) {
        throw new InputException(
            "%s holds %s images (.png, .jpg, .jpeg), expected at least %s; add images or remove the"
                    .formatted(classFolder, members.size(), least)
                + " class");
      }
      files.addAll(members);
      for (int i = 0; i < members.size(); i++) {
        labels.add(label);
      }
    }
    return IntStream.range(first, files.size()).toArray();
  }

  /** The same for a part that may be absent and must have the classes of the training part. */
  private static int[] addOptional(
      Optional<Path> part,
      Path trainFolder,
      List<String> classNames,
      List<Path> files,
      IntStream.Builder labels) {
    if (part.isEmpty()) {
      return new int[0];
    }
    List<String> names = classes(part.get());
    if (!names.equals(classNames)) {
      throw new InputException(
          "%s has the classes %s but %s has %s; give both the same class folders"
              .formatted(part.get(), names, trainFolder, classNames));
    }
    return add(part.get(), classNames, 1, files, labels);
  }

  private static boolean isImage(Path file) {
    String name = Sources.name(file).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && !Files.isDirectory(file);
  }
}
