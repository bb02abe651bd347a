package org.normfree.core.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.normfree.core.InputException;
import org.normfree.core.data.augment.Resampling;

/**
 * Decodes image files to images of one size, in parallel, the outcome in the order of the files.
 */
final class ImageFiles {
  private static final int RGB = 3;

  /** By the names that ImageIO has for them. */
  private static final Set<String> FORMATS = Set.of("png", "jpeg");

  /** Bytes that a pixel takes while it is decoded, and as a number afterwards. */
  private static final int PIXEL = 16;

  private ImageFiles() {}

  /**
   * @param size side to crop and resize to; 0 takes images as they are
   */
  static RawImages decode(List<Path> files, int[] labels, List<String> classNames, int size) {
    if (size > 0) {
      requireSide(size, files.size());
    }
    // failures are carried as values so that it is always the first bad file that is named
    List<Decoded> decoded =
        IntStream.range(0, files.size())
            .parallel()
            .mapToObj(i -> read(files.get(i), size))
            .toList();
    Decoded first = decoded.get(0);
    for (int i = 0; i < decoded.size(); i++) {
      Decoded image = decoded.get(i);
      if (image.failure != null) {
        throw image.failure;
      }
      if (image.height != first.height || image.width != first.width) {
        throw new InputException(
            "%s has %s×%s pixels but %s has %s×%s; set data.size to the side to resize all to"
                .formatted(
                    files.get(i),
                    image.height,
                    image.width,
                    files.get(0),
                    first.height,
                    first.width));
      }
    }
    boolean grey = decoded.stream().allMatch(Decoded::isGrey);
    byte[][] pixels =
        decoded.stream().map(image -> grey ? image.redOnly() : image.rgb).toArray(byte[][]::new);
    return new RawImages(
        pixels, labels, first.height, first.width, grey ? 1 : RGB, classNames, 255);
  }

  private static void requireSide(int size, int count) {
    double bytes = (double) size * size * RGB * Float.BYTES * count;
    if (bytes > Runtime.getRuntime().maxMemory()) {
      throw new InputException(
          "data.size=%s makes %s images of %s GB, more than this Java's memory; choose a smaller side, or give more memory with TOOLKIT_JAVA_OPTS=-Xmx8g (8 GB)"
              .formatted(size, count, String.format(Locale.ROOT, "%.0f", bytes / 1e9)));
    }
  }

  private static Decoded read(Path file, int size) {
    try {
      BufferedImage image = read(file, Sources.bytes(file));
      Decoded decoded = new Decoded(rgb(image), image.getHeight(), image.getWidth(), null);
      return size == 0 ? decoded : decoded.square(size);
    } catch (InputException e) {
      return Decoded.failed(e);
    } catch (IOException | RuntimeException e) { // decoders meet damage with either
      return Decoded.failed(
          new InputException(
              "%s is not a readable PNG or JPEG image, or only a part of one; replace or remove it"
                  .formatted(file),
              e));
    }
  }

  private static BufferedImage read(Path file, byte[] bytes) throws IOException {
    // straight from memory: ImageIO's default stream caches in a temporary file
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new IOException("no known image format");
      }
      ImageReader reader = readers.next();
      List<String> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(stream, true, true);
      try {
        if (!FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
          throw new IOException("an image of another format");
        }
        // a small file may unpack to very much
        Sources.requireRoom(file, "takes", (long) PIXEL * reader.getWidth(0) * reader.getHeight(0));
        BufferedImage image = reader.read(0);
        // the JPEG decoder makes up what is missing and merely warns
        if (warnings.stream().anyMatch(warning -> warning.contains("premature end"))) {
          throw new EOFException(warnings.toString());
        }
        return image;
      } finally {
        reader.dispose();
      }
    }
  }

  private static byte[] rgb(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[height * width * RGB];
    int space = image.getColorModel().getColorSpace().getType();
    boolean grey = space == ColorSpace.TYPE_GRAY;
    boolean inks = space == ColorSpace.TYPE_CMYK;
    int white = (1 << image.getColorModel().getComponentSize(0)) - 1;
    Raster raster = image.getRaster();
    for (int y = 0, k = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // Java takes grey and inks for linear light, so getRGB would brighten them
        int pixel;
        if (grey) {
          pixel = (int) (raster.getSample(x, y, 0) * 255L / white) * 0x010101;
        } else if (inks) {
          pixel = printed(raster, x, y);
        } else {
          pixel = image.getRGB(x, y);
        }
        rgb[k++] = (byte) (pixel >> 16);
        rgb[k++] = (byte) (pixel >> 8);
        rgb[k++] = (byte) pixel;
      }
    }
    return rgb;
  }

  /**
   * What cyan, magenta, yellow and black leave of white: (1 − ink)·(1 − black), as Pillow has it.
   */
  private static int printed(Raster raster, int x, int y) {
    int paper = 255 - raster.getSample(x, y, 3);
    int pixel = 0;
    for (int ink = 0; ink < RGB; ink++) {
      pixel = pixel << 8 | paper - Math.round(raster.getSample(x, y, ink) * paper / 255f);
    }
    return pixel;
  }

  /** An image as red, green, blue bytes, or why there is none. */
  private record Decoded(byte[] rgb, int height, int width, InputException failure) {
    static Decoded failed(InputException failure) {
      return new Decoded(new byte[0], 0, 0, failure);
    }

    Decoded square(int size) {
      return new Decoded(Resampling.square(rgb, height, width, RGB, size), size, size, null);
    }

    boolean isGrey() {
      IntPredicate same = k -> rgb[k] == rgb[k + 1] && rgb[k] == rgb[k + 2];
      return IntStream.range(0, rgb.length / RGB).map(i -> i * RGB).allMatch(same);
    }

    byte[] redOnly() {
      byte[] red = new byte[rgb.length / RGB];
      for (int i = 0; i < red.length; i++) {
        red[i] = rgb[i * RGB];
      }
      return red;
    }
  }
}
