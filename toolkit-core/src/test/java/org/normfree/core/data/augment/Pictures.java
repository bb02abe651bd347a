package org.normfree.core.data.augment;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Images that tests of transforms look at. */
final class Pictures {
  private Pictures() {}

  /** Grey pixels beside each other. */
  static Image row(double... pixels) {
    return grey(1, pixels);
  }

  static Image grey(int height, double... pixels) {
    return of(height, pixels.length / height, 1, pixels);
  }

  static Image of(int height, int width, int channels, double... values) {
    float[] pixels = new float[values.length];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (float) values[k];
    }
    return new Image(pixels, height, width, channels);
  }

  static Image random(int height, int width, int channels) {
    SplittableRandom random = new SplittableRandom(31L * height + width);
    return of(height, width, channels, random.doubles((long) height * width * channels).toArray());
  }

  /** Grey and coloured ones of odd, prime and tiny sizes. */
  static List<Image> awkward() {
    return Stream.of(1, 3)
        .flatMap(
            channels ->
                Stream.of(
                    random(7, 7, channels),
                    random(13, 5, channels),
                    random(3, 17, channels),
                    random(1, 1, channels),
                    random(2, 3, channels)))
        .toList();
  }
}
