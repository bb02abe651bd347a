package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;

class ImageFolderTest {
  private static final int RGB = BufferedImage.TYPE_INT_RGB;
  private static final int GREY = BufferedImage.TYPE_BYTE_GRAY;

  @TempDir Path folder;

  @Test
  void readsTheThreePartsOfADividedFolder() throws IOException {
    fill("train", 4, 1);
    fill("val", 2, 101);
    fill("test", 3, 201);
    ImageSplits splits = load(0);
    assertThat(splits.train().labels()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(splits.validation().labels()).containsExactly(0, 0, 1, 1);
    assertThat(splits.test().labels()).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(splits.train().classNames()).containsExactly("cat", "dog");
    assertThat(splits.train().channels()).isEqualTo(3);
    assertThat(Arrays.copyOf(splits.test().pixels(), 3))
        .containsExactly(201 / 255f, 202 / 255f, 203 / 255f);
  }

  @Test
  void acceptsTheLongNameOfTheValidationPart() throws IOException {
    fill("train", 4, 1);
    fill("validation", 2, 101);
    ImageSplits splits = load(0);
    assertThat(splits.validation().pixels()[0]).isEqualTo(101 / 255f);
    assertThat(splits.train().count()).isEqualTo(6);
    assertThat(splits.test().count()).isEqualTo(2);
  }

  @Test
  void dividesAnUndividedFolderAlwaysTheSameWay() throws IOException {
    fill("", 20, 1);
    ImageSplits splits = load(0);
    assertThat(splits.test().labels()).containsExactly(0, 0, 1, 1);
    assertThat(splits.validation().labels()).containsExactly(0, 0, 1, 1);
    assertThat(splits.train().count()).isEqualTo(32);
    assertThat(load(0)).usingRecursiveComparison().isEqualTo(splits);
  }

  @Test
  void keepsHeightWidthAndGreyOfImagesTakenAsTheyAre() throws IOException {
    for (String name :
        new String[] {"a/1.png", "a/2.PNG", "a/3.png", "b/1.png", "b/2.png", "b/3.png"}) {
      BufferedImage image = new BufferedImage(5, 4, GREY);
      image.getRaster().setSample(1, 0, 0, 77);
      write(name, image, "png");
    }
    Images train = load(0).train();
    assertThat(train.height()).isEqualTo(4);
    assertThat(train.width()).isEqualTo(5);
    assertThat(train.channels()).isEqualTo(1);
    assertThat(train.pixels()[1]).isEqualTo(77 / 255f);
    assertThat(train.pixels()[2]).isZero();
  }

  @Test
  void readsSixteenBitAndPaletteImages() throws IOException {
    BufferedImage deep = new BufferedImage(2, 2, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0x8080);
    BufferedImage palette = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY);
    palette.setRGB(0, 0, 0xFFFFFF);
    for (int i = 0; i < 3; i++) {
      write("a/" + i + ".png", deep, "png");
      write("b/" + i + ".png", palette, "png");
    }
    Images train = load(0).train();
    assertThat(train.pixels()).startsWith(128 / 255f, 0, 0, 0).endsWith(1, 0, 0, 0);
  }

  @Test
  void cropsToTheCentreAndResizes() throws IOException {
    for (int i = 0; i < 3; i++) {
      BufferedImage wide = new BufferedImage(12, 4, RGB);
      for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 12; x++) {
          wide.setRGB(x, y, x < 4 || x >= 8 ? 0xFF0000 : 0x0080FF);
        }
      }
      write("a/" + i + ".png", wide, "png");
      write("b/" + i + ".jpg", new BufferedImage(6, 9, RGB), "jpg");
    }
    Images train = load(2).train();
    assertThat(train.height()).isEqualTo(2);
    assertThat(train.width()).isEqualTo(2);
    for (int k = 0; k < 12; k += 3) {
      assertThat(Arrays.copyOfRange(train.pixels(), k, k + 3)).containsExactly(0, 128 / 255f, 1);
    }
    assertThat(Arrays.copyOfRange(train.pixels(), 12, 24)).containsOnly(0);
  }

  @Test
  void refusesImagesOfDifferentSizeUnlessTheyAreResized() throws IOException {
    fill("", 3, 1);
    write("dog/2.png", new BufferedImage(7, 6, RGB), "png");
    refuses("2.png has 6×7 pixels but ", "cat/0.png has 3×3; set data.size to");
  }

  @Test
  void refusesATextFileNamedPng() throws IOException {
    fill("", 3, 1);
    Files.writeString(folder.resolve("cat/1.png"), "not an image");
    Files.writeString(folder.resolve("dog/1.png"), "not an image");
    refuses(
        "cat/1.png is not a readable PNG or JPEG image, or only a part of one; replace or remove"
            + " it");
  }

  @Test
  void refusesATruncatedImage() throws IOException {
    fill("", 3, 1);
    BufferedImage noise = new BufferedImage(40, 40, RGB);
    for (int k = 0; k < 1600; k++) {
      noise.setRGB(k % 40, k / 40, k * 0x9E3779);
    }
    for (String format : new String[] {"png", "jpg"}) {
      String name = "dog/3." + format;
      write(name, noise, format);
      Path file = folder.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      for (int length : new int[] {0, 8, 20, bytes.length / 2, bytes.length - 50}) {
        Files.write(file, Arrays.copyOf(bytes, length));
        refuses(name + " is not a readable PNG or JPEG image, or only a part of one");
      }
      Files.delete(file);
    }
  }

  @Test
  void refusesFoldersWithoutEnoughImagesOrClasses() throws IOException {
    fill("", 3, 1);
    Files.delete(folder.resolve("dog/0.png"));
    refuses("dog holds 2 images (.png, .jpg, .jpeg), expected at least 3");
    Files.createDirectories(folder.resolve("empty"));
    fill("", 3, 1);
    refuses("empty holds 0 images");
    assertThatThrownBy(() -> ImageFolder.load(folder.resolve("empty"), 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("empty holds 0 class folders, expected at least two");
    assertThatThrownBy(() -> ImageFolder.load(folder.resolve("absent"), 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("absent does not exist");
  }

  @Test
  void refusesPartsWithDifferentClasses() throws IOException {
    fill("train", 3, 1);
    fill("test", 3, 1);
    Files.move(folder.resolve("test/dog"), folder.resolve("test/hog"));
    refuses("test has the classes [cat, hog] but ", "train has [cat, dog]");
  }

  @Test
  void refusesANegativeSize() {
    assertThatThrownBy(() -> load(-1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.size is -1");
  }

  @Test
  void saysInOneLineWhatIsLeftOut() throws IOException {
    fill("", 3, 1);
    try (Told told = new Told()) {
      load(0);
      Files.writeString(folder.resolve("cat/.hidden.png"), "hidden");
      load(0);
      assertThat(told.lines()).isEmpty();
    }
    Files.writeString(folder.resolve("cat/1.webp"), "another format");
    Files.writeString(folder.resolve("dog/2.WEBP"), "another format");
    Files.createDirectories(folder.resolve("dog/puppies"));
    Files.createDirectories(folder.resolve("dog/folder.png"));
    Files.writeString(folder.resolve("notes.txt"), "about");
    try (Told told = new Told()) {
      assertThat(load(0).train().count()).isEqualTo(2);
      assertThat(told.lines())
          .singleElement()
          .asString()
          .contains(folder.toString(), "3 files are left out, such as cat/1.webp");
    }
  }

  @Test
  void knowsEveryNameOfTheValidationPartAndSaysWhichFoldersAreNotUsed() throws IOException {
    fill("train", 4, 1);
    fill("test", 2, 201);
    for (String name : new String[] {"val", "validation", "valid", "dev"}) {
      fill(name, 2, 101);
      try (Told told = new Told()) {
        assertThat(load(0).validation().pixels()[0]).isEqualTo(101 / 255f);
        assertThat(told.lines()).isEmpty();
      }
      Files.move(folder.resolve(name), folder.resolve(".used " + name));
    }
    Files.move(folder.resolve(".used dev"), folder.resolve("held back"));
    try (Told told = new Told()) {
      assertThat(load(0).validation().count()).isEqualTo(2);
      assertThat(told.lines())
          .singleElement()
          .asString()
          .contains("4 files are left out, such as held back/cat/0.png");
    }
    Files.move(folder.resolve("held back"), folder.resolve("dev"));
    Files.move(folder.resolve(".used val"), folder.resolve("val"));
    refuses("holds both val and dev for the same part; keep one of them");
  }

  @Test
  void aClassMayBeCalledTrain() throws IOException {
    fill("", 4, 1);
    Files.move(folder.resolve("dog"), folder.resolve("train"));
    assertThat(load(0).train().classNames()).containsExactly("cat", "train");
    Files.move(folder.resolve("cat"), folder.resolve("test"));
    refuses("train holds 0 class folders, expected at least two");
  }

  @Test
  void refusesAnotherFormatUnderTheNameOfAnImage() throws IOException {
    fill("", 3, 1);
    for (String format : new String[] {"gif", "bmp", "wbmp"}) {
      write("cat/3.png", new BufferedImage(3, 3, BufferedImage.TYPE_BYTE_BINARY), format);
      refuses("cat/3.png is not a readable PNG or JPEG image");
    }
    // which of the two it is does not matter
    Files.delete(folder.resolve("cat/3.png"));
    write("cat/3.png", new BufferedImage(3, 3, RGB), "jpg");
    assertThat(load(0).train().count()).isEqualTo(3);
  }

  @Test
  void refusesASmallFileThatUnpacksToVeryMuch() throws IOException {
    fill("", 3, 1);
    Files.write(folder.resolve("cat/3.png"), LargePng.of(30_000, 30_000));
    refuses("cat/3.png takes 14400 MB", "give less data, or more memory with TOOLKIT_JAVA_OPTS");
  }

  @Test
  void refusesASideThatNoMemoryHolds() throws IOException {
    fill("", 3, 1);
    assertThatThrownBy(() -> load(1_000_000))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("data.size=1000000 makes 6 images of 72000 GB");
  }

  /** Four inks, as some printers' photographs have them: (1 − ink)·(1 − black), as Pillow. */
  @Test
  void readsInksAsOtherReadersDo() throws IOException {
    int[][] inks = {{255, 0, 0, 64}, {0, 0, 0, 0}, {10, 200, 90, 30}, {7, 7, 7, 255}};
    int[][] expected = {{0, 191, 191}, {255, 255, 255}, {216, 49, 146}, {0, 0, 0}};
    for (int k = 0; k < inks.length; k++) {
      for (int i = 0; i < 3; i++) {
        Path file = folder.resolve(k + "/" + i + ".jpg");
        Files.createDirectories(file.getParent());
        Files.write(file, Inks.jpeg(inks[k]));
      }
    }
    Images train = load(0).train();
    for (int k = 0; k < inks.length; k++) {
      for (int c = 0; c < 3; c++) {
        assertThat(train.pixels()[k * 8 * 8 * 3 + c] * 255)
            .as("ink %s, channel %s", k, c)
            .isCloseTo(expected[k][c], within(1.01f));
      }
    }
  }

  private ImageSplits load(int size) {
    return ImageFolder.load(folder, size);
  }

  private void refuses(String... messages) {
    assertThatThrownBy(() -> load(0))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(messages)
        .hasMessageContaining(folder.toString())
        .message()
        .doesNotContain("\n");
  }

  /** Colour images of 3×3 pixels: image i of a class has red {@code first+i} and so on. */
  private void fill(String part, int perClass, int first) throws IOException {
    for (String name : new String[] {"cat", "dog"}) {
      for (int i = 0; i < perClass; i++) {
        BufferedImage image = new BufferedImage(3, 3, RGB);
        int red = first + i;
        for (int k = 0; k < 9; k++) {
          image.setRGB(k % 3, k / 3, red << 16 | (red + 1) << 8 | (red + 2));
        }
        write(part + "/" + name + "/" + i + ".png", image, "png");
      }
    }
  }

  private void write(String name, BufferedImage image, String format) throws IOException {
    Path file = folder.resolve(name.startsWith("/") ? name.substring(1) : name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
  }
}
