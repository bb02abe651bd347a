package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;

class CifarBinaryTest {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  /** Two training files of 20 records, so that of each class four images are for training. */
  @BeforeEach
  void write() throws IOException {
    Files.write(folder.resolve("data_batch_1.bin"), records(20, 0));
    Files.write(folder.resolve("data_batch_2.bin"), records(20, 20));
    Files.write(folder.resolve("test_batch.bin"), records(10, 40));
  }

  @Test
  void turnsPlanesIntoChannels() {
    Images test = CifarBinary.load(folder).test();
    assertThat(test.height()).isEqualTo(32);
    assertThat(test.width()).isEqualTo(32);
    assertThat(test.channels()).isEqualTo(3);
    for (int image : new int[] {0, 7}) {
      for (int channel = 0; channel < 3; channel++) {
        for (int position : new int[] {0, 1, 32, 1023}) {
          assertThat(test.pixels()[image * 3072 + position * 3 + channel])
              .isEqualTo(value(40 + image, channel, position) / 255f);
        }
      }
    }
  }

  @Test
  void holdsOutATenthOfEachClass() {
    ImageSplits splits = CifarBinary.load(folder);
    assertThat(splits.train().count()).isEqualTo(30);
    assertThat(splits.validation().labels())
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(splits.test().labels()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(CifarBinary.load(folder).validation().pixels())
        .isEqualTo(splits.validation().pixels());
  }

  @Test
  void readsClassNamesWhereGiven() throws IOException {
    assertThat(CifarBinary.load(folder).test().classNames()).startsWith("airplane", "automobile");
    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    assertThat(CifarBinary.load(folder).test().classNames()).startsWith("a", "b").hasSize(10);
    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\n");
    refuses("batches.meta.txt names 2 classes, expected 10");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    Files.write(folder.resolve("data_batch_2.bin"), Arrays.copyOf(records(20, 0), 20 * RECORD - 1));
    refuses("data_batch_2.bin holds 61459 bytes, expected a positive multiple of 3073");
    Files.write(folder.resolve("data_batch_2.bin"), new byte[0]);
    refuses("data_batch_2.bin holds 0 bytes, expected a positive multiple of 3073");
  }

  @Test
  void refusesACopyOfAFileUnderAnyName() throws IOException {
    for (String copy : new String[] {"data_batch_1 (1).bin", "train.bin", "test.bin"}) {
      Files.write(folder.resolve(copy), records(20, 0));
      refuses("are the same, so each of their images would be there twice");
      refuses(copy);
      Files.delete(folder.resolve(copy));
    }
    Files.write(folder.resolve("test.bin"), records(20, 0));
    refuses("data_batch_1.bin and ");
  }

  @Test
  void saysInOneLineWhatIsLeftOut() throws IOException {
    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    Files.writeString(folder.resolve("readme.html"), "of the distribution");
    try (Told told = new Told()) {
      CifarBinary.load(folder);
      assertThat(told.lines()).isEmpty();
      Files.write(folder.resolve("batch_3.bin"), records(20, 60));
      CifarBinary.load(folder);
      assertThat(told.lines()).singleElement().asString().contains("1 file is", "batch_3.bin");
    }
  }

  @Test
  void refusesALabelAboveNine() throws IOException {
    byte[] records = records(20, 0);
    records[3 * RECORD] = 10;
    Files.write(folder.resolve("data_batch_1.bin"), records);
    refuses("data_batch_1.bin has label 10 in record 3, expected 0 to 9");
  }

  @Test
  void refusesAFolderWithoutTheFiles() throws IOException {
    Files.delete(folder.resolve("test_batch.bin"));
    refuses("holds no file like test_batch.bin");
    assertThatThrownBy(() -> CifarBinary.load(folder.resolve("absent")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("absent does not exist; point data.path at");
    assertThatThrownBy(() -> CifarBinary.load(folder.resolve("data_batch_1.bin")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data_batch_1.bin is a file, expected a folder");
  }

  @Test
  void refusesTooFewImagesForAValidationPart() throws IOException {
    Files.delete(folder.resolve("data_batch_2.bin"));
    Files.write(folder.resolve("data_batch_1.bin"), records(10, 0));
    refuses("holds 10 training images, none of which can be spared for validation");
  }

  @Test
  void readsRealRecords() {
    Path real = Path.of("..", "..", "shared", "data", "cifar10-subset");
    assumeTrue(Files.isDirectory(real), "the CIFAR-10 subset is not here");
    ImageSplits splits = CifarBinary.load(real);
    assertThat(splits.train().count()).isEqualTo(4500);
    assertThat(splits.validation().count()).isEqualTo(500);
    assertThat(splits.test().count()).isEqualTo(1000);
    assertThat(splits.test().classNames()).startsWith("airplane").endsWith("truck");
    // the means known of the whole set are 0.4914, 0.4822, 0.4465
    float[] mean = Normalization.of(splits.train()).mean();
    assertThat(mean[0]).isBetween(0.48f, 0.50f);
    assertThat(mean[1]).isBetween(0.47f, 0.49f);
    assertThat(mean[2]).isBetween(0.43f, 0.46f);
  }

  private void refuses(String message) {
    assertThatThrownBy(() -> CifarBinary.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  private static byte[] records(int count, int first) {
    byte[] records = new byte[count * RECORD];
    for (int i = 0; i < count; i++) {
      records[i * RECORD] = (byte) ((first + i) % 10);
      for (int channel = 0; channel < 3; channel++) {
        for (int position = 0; position < 1024; position++) {
          records[i * RECORD + 1 + channel * 1024 + position] =
              (byte) value(first + i, channel, position);
        }
      }
    }
    return records;
  }

  private static int value(int image, int channel, int position) {
    return (image * 31 + channel * 101 + position * 7) & 0xFF;
  }
}
