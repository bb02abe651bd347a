package org.normfree.core.data;

import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.AbstractRandomGenerator;
import org.apache.commons.math3.random.RandomGenerator;

/** Mixes the images of a batch, and their labels, with those of others in the batch. */
final class Mixing {
  private Mixing() {}

  /** Each image and label becomes {@code λ·own + (1-λ)·another's}, λ ~ Beta(α, α). */
  static Batch mixup(
      Batch.Reals input, float[] labels, int[] targets, double alpha, SplittableRandom random) {
    float weight = (float) beta(alpha, random);
    int[] partners = Streams.permutation(targets.length, random);
    float[] mixed = mix(input.elements(), partners, weight);
    return Batch.images(
        new Batch.Reals(mixed, input.shape()), mix(labels, partners, weight), targets);
  }

  /**
   * A rectangle of each image is another's, at the same place, and the label is mixed by the area
   * that really is. The rectangle's sides are {@code √(1-λ)} of the image's, λ ~ Beta(α, α); its
   * middle is anywhere, what sticks out is cut off.
   */
  static Batch cutmix(
      Batch.Reals input, float[] labels, int[] targets, double alpha, SplittableRandom random) {
    int height = (int) input.shape()[1];
    int width = (int) input.shape()[2];
    double share = Math.sqrt(1 - beta(alpha, random));
    Span rows = Span.cut(height, share, random.nextInt(height));
    Span columns = Span.cut(width, share, random.nextInt(width));
    int[] partners = Streams.permutation(targets.length, random);
    float[] pasted = paste(input, partners, rows, columns);
    float weight = (float) (1 - rows.length() * columns.length() / (double) (height * width));
    return Batch.images(
        new Batch.Reals(pasted, input.shape()), mix(labels, partners, weight), targets);
  }

  /**
   * A part of a side.
   *
   * @param from the first pixel
   * @param to behind the last
   */
  record Span(int from, int to) {
    /** A share of a side about a middle, as far as it lies inside. */
    static Span cut(int side, double share, int middle) {
      int half = (int) (side * share) / 2;
      return new Span(Math.max(0, middle - half), Math.min(side, middle + half));
    }

    int length() {
      return to - from;
    }
  }

  static float[] paste(Batch.Reals input, int[] partners, Span rows, Span columns) {
    long[] shape = input.shape();
    int channels = (int) shape[3];
    int row = (int) shape[2] * channels;
    int size = (int) shape[1] * row;
    float[] pasted = input.elements().clone();
    for (int i = 0; i < partners.length; i++) {
      for (int y = rows.from; y < rows.to; y++) {
        int at = y * row + columns.from * channels;
        System.arraycopy(
            input.elements(),
            partners[i] * size + at,
            pasted,
            i * size + at,
            columns.length() * channels);
      }
    }
    return pasted;
  }

  private static double beta(double alpha, SplittableRandom random) {
    RandomGenerator generator =
        new AbstractRandomGenerator() {
          @Override
          public double nextDouble() {
            return random.nextDouble();
          }

          @Override
          public void setSeed(long seed) {
            throw new UnsupportedOperationException("the stream is seeded where it is made");
          }
        };
    return new BetaDistribution(generator, alpha, alpha).sample();
  }

  /** Each of the equal parts of the values that belong to one image, mixed with its partner's. */
  private static float[] mix(float[] values, int[] partners, float weight) {
    int size = values.length / partners.length;
    float[] mixed = new float[values.length];
    for (int i = 0; i < partners.length; i++) {
      for (int k = 0; k < size; k++) {
        mixed[i * size + k] =
            weight * values[i * size + k] + (1 - weight) * values[partners[i] * size + k];
      }
    }
    return mixed;
  }
}
