package org.normfree.core.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.zip.GZIPInputStream;

/**
 * The embedded default: 1,797 grey images of handwritten digits, 8×8 pixels, values 0 … 16 scaled
 * to [0, 1]; 1,197 for training and 30 of each digit for validation and for test.
 *
 * <p>Which image belongs to which part is fixed for good. Source: E. Alpaydin and C. Kaynak,
 * <em>Optical Recognition of Handwritten Digits</em>, UCI Machine Learning Repository, 1998, CC BY
 * 4.0; the file is the test part of that set.
 */
public final class Digits {
  private static final String RESOURCE = "digits.csv.gz";
  private static final int SIDE = 8;
  private static final int CLASSES = 10;
  private static final int WHITE = 16;
  private static final int HELD_OUT_PER_CLASS = 30;

  private Digits() {}

  /**
   * @return the images in the order of the original file, divided
   */
  public static ImageSplits load() {
    RawImages images = read();
    IntUnaryOperator heldOut = count -> HELD_OUT_PER_CLASS;
    Holdout test = Holdout.of(images, heldOut);
    Holdout validation = Holdout.of(test.kept(), images.labels(), CLASSES, heldOut);
    return new ImageSplits(
        images.select(validation.kept()),
        images.select(validation.held()),
        images.select(test.held()));
  }

  /** Byte by byte, for every start that trains reads it, before a compiler has warmed up. */
  private static RawImages read() {
    byte[] text;
    try (InputStream resource = Digits.class.getResourceAsStream(RESOURCE);
        InputStream unpacked = new GZIPInputStream(resource)) {
      text = unpacked.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded " + RESOURCE + " cannot be read", e);
    }
    List<byte[]> pixels = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    byte[] image = new byte[SIDE * SIDE];
    int pixel = 0;
    int number = 0;
    for (byte letter : text) {
      if (letter == ',') {
        image[pixel++] = (byte) number;
        number = 0;
      } else if (letter == '\n') {
        pixels.add(image);
        labels.add(number);
        image = new byte[SIDE * SIDE];
        pixel = 0;
        number = 0;
      } else {
        number = 10 * number + letter - '0';
      }
    }
    return new RawImages(
        pixels.toArray(byte[][]::new),
        labels.stream().mapToInt(Integer::intValue).toArray(),
        SIDE,
        SIDE,
        1,
        MnistIdx.DIGIT_NAMES,
        WHITE);
  }
}
