package org.normfree.core.data.text;

import org.normfree.core.nn.Rng;

/** The part that a line belongs to, decided by its text alone and the same for all time. */
enum HeldOut {
  TRAIN(0),
  VALIDATION(1),
  TEST(2);

  private static final double SHARE = 0.05;

  /** Index of random streams of this part. */
  final int stream;

  HeldOut(int stream) {
    this.stream = stream;
  }

  static HeldOut of(String line, boolean validation, boolean test) {
    double place = Rng.of(1998, line, 0).uniform();
    if (test && place < SHARE) {
      return TEST;
    }
    return validation && place >= 1 - SHARE ? VALIDATION : TRAIN;
  }
}
