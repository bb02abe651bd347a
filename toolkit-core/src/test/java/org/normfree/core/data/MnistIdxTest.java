package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;

class MnistIdxTest {
  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.write(folder.resolve(TRAIN_IMAGES), images(40, 4, 3));
    Files.write(folder.resolve(TRAIN_LABELS), labels(40));
    Files.write(folder.resolve(TEST_IMAGES), images(20, 4, 3));
    Files.write(folder.resolve(TEST_LABELS), labels(20));
  }

  @Test
  void readsImagesAndLabels() {
    ImageSplits splits = load();
    Images test = splits.test();
    assertThat(test.height()).isEqualTo(4);
    assertThat(test.width()).isEqualTo(3);
    assertThat(test.channels()).isEqualTo(1);
    assertThat(test.labels()).hasSize(20).startsWith(0, 1, 2).endsWith(8, 9);
    assertThat(test.pixels()[5 * 12 + 7]).isEqualTo(((5 * 12 + 7) * 5 & 0xFF) / 255f);
    assertThat(splits.train().count()).isEqualTo(30);
    assertThat(splits.validation().labels())
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void readsGzipToTheSameImages() throws IOException {
    ImageSplits plain = load();
    for (String name : new String[] {TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS}) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      Files.delete(folder.resolve(name));
      Files.write(folder.resolve(name + ".gz"), gzip(bytes));
    }
    assertThat(load()).usingRecursiveComparison().isEqualTo(plain);
  }

  @Test
  void readsNamesWithADot() throws IOException {
    Files.move(folder.resolve(TRAIN_IMAGES), folder.resolve("train-images.idx3-ubyte"));
    assertThat(load().train().count()).isEqualTo(30);
  }

  @Test
  void looksForFilesAndNotForFoldersOfTheirNames() throws IOException {
    for (String name : new String[] {TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS}) {
      Files.move(folder.resolve(name), folder.resolve(name.replace("-idx", ".idx")));
      Files.createDirectories(folder.resolve(name));
    }
    try (Told told = new Told()) {
      assertThat(load().train().count()).isEqualTo(30);
      assertThat(told.lines()).isEmpty();
    }
    Files.delete(folder.resolve("train-images.idx3-ubyte"));
    refuses("holds no train-images-idx3-ubyte, plain or .gz");
  }

  @Test
  void saysWhichOfTwoFilesIsRead() throws IOException {
    Files.write(folder.resolve(TEST_LABELS + ".gz"), gzip(labels(20)));
    try (Told told = new Told()) {
      load();
      assertThat(told.lines())
          .singleElement()
          .asString()
          .contains(TEST_LABELS + " is read, " + TEST_LABELS + ".gz beside it is left out");
    }
  }

  /** A million times as much as the file has. */
  @Test
  void unpacksNoMoreThanTheHeaderAllows() throws IOException {
    byte[] images = Arrays.copyOf(images(40, 4, 3), 1 << 28);
    Files.write(folder.resolve(TRAIN_IMAGES), gzip(images));
    refuses(TRAIN_IMAGES + " holds more than 480 bytes after its header, expected 480");
    ByteBuffer.wrap(images).putInt(4, 60_000).putInt(8, 1000).putInt(12, 1000);
    Files.write(folder.resolve(TRAIN_IMAGES), gzip(images));
    refuses(TRAIN_IMAGES + " holds 268435440 bytes after its header, expected 60000000000");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    byte[] images = images(40, 4, 3);
    Files.write(folder.resolve(TRAIN_IMAGES), Arrays.copyOf(images, images.length - 5));
    refuses(TRAIN_IMAGES + " holds 475 bytes after its header, expected 480 for [40, 4, 3]");
    Files.write(folder.resolve(TRAIN_IMAGES), Arrays.copyOf(images, 10));
    refuses(TRAIN_IMAGES + " holds 10 bytes, not even the 16 of an idx header");
  }

  @Test
  void refusesATruncatedGzipFile() throws IOException {
    byte[] gzip = gzip(images(40, 4, 3));
    Files.write(folder.resolve(TRAIN_IMAGES), Arrays.copyOf(gzip, gzip.length - 20));
    refuses(TRAIN_IMAGES + " is not a whole gzip file");
  }

  @Test
  void refusesAnotherMagicNumber() throws IOException {
    Files.write(folder.resolve(TRAIN_LABELS), images(40, 4, 3));
    refuses(TRAIN_LABELS + " begins with 0x00000803, expected the idx magic number 0x00000801");
  }

  @Test
  void refusesImpossibleDimensions() throws IOException {
    byte[] images = images(40, 4, 3);
    ByteBuffer.wrap(images).putInt(4, -1);
    Files.write(folder.resolve(TRAIN_IMAGES), images);
    refuses(TRAIN_IMAGES + " gives dimension 0 the size -1");
    ByteBuffer.wrap(images).putInt(4, Integer.MAX_VALUE);
    ByteBuffer.wrap(images).putInt(8, Integer.MAX_VALUE);
    ByteBuffer.wrap(images).putInt(12, Integer.MAX_VALUE);
    Files.write(folder.resolve(TRAIN_IMAGES), images);
    refuses(TRAIN_IMAGES + " holds 480 bytes after its header, expected ");
  }

  @Test
  void refusesLabelsThatDoNotMatchTheImages() throws IOException {
    Files.write(folder.resolve(TRAIN_LABELS), labels(39));
    refuses(TRAIN_LABELS + " holds 39 labels but ");
    byte[] labels = labels(40);
    labels[8 + 6] = (byte) 200;
    Files.write(folder.resolve(TRAIN_LABELS), labels);
    refuses(TRAIN_LABELS + " has label 200 at position 6, expected 0 to 9");
  }

  @Test
  void refusesPartsOfDifferentSize() throws IOException {
    Files.write(folder.resolve(TEST_IMAGES), images(20, 5, 3));
    refuses("training images of 4×3 and test images of 5×3 pixels");
  }

  @Test
  void refusesAFolderWithoutTheFiles() throws IOException {
    Files.delete(folder.resolve(TEST_LABELS));
    refuses("holds no t10k-labels-idx1-ubyte, plain or .gz");
  }

  private ImageSplits load() {
    return MnistIdx.load(folder, MnistIdx.DIGIT_NAMES);
  }

  private void refuses(String message) {
    assertThatThrownBy(this::load)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  private static byte[] images(int count, int height, int width) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + count * height * width);
    bytes.putInt(0x803).putInt(count).putInt(height).putInt(width);
    for (int k = 0; k < count * height * width; k++) {
      bytes.put((byte) (k * 5));
    }
    return bytes.array();
  }

  private static byte[] labels(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + count);
    bytes.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      bytes.put((byte) (i % 10));
    }
    return bytes.array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes);
    }
    return compressed.toByteArray();
  }
}
