package org.normfree.core.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
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

  private static RawImages read() {
    List<int[]> rows;
    try (InputStream resource = Digits.class.getResourceAsStream(RESOURCE);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII))) {
      rows =
          lines
              .lines()
              .map(line -> Stream.of(line.split(",", -1)).mapToInt(Integer::parseInt).toArray())
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded " + RESOURCE + " cannot be read", e);
    }
    byte[][] pixels = new byte[rows.size()][SIDE * SIDE];
    int[] labels = new int[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      int[] row = rows.get(i);
      for (int k = 0; k < SIDE * SIDE; k++) {
        pixels[i][k] = (byte) row[k];
      }
      labels[i] = row[SIDE * SIDE];
    }
    return new RawImages(pixels, labels, SIDE, SIDE, 1, MnistIdx.DIGIT_NAMES, WHITE);
  }
}
