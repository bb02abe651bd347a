package org.normfree.core.probe;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;

/**
 * A classifier that needs no training: the k known features nearest by cosine vote for their
 * classes, each with the weight {@code exp(cosine/τ)}. Source: arXiv 1805.01978, section 3.4, as in
 * facebookresearch/dino, {@code eval_knn.py}, but for any number of test items.
 */
public final class NearestNeighbours {
  /** The usual τ. */
  public static final double TEMPERATURE = 0.07;

  private static final double EPSILON = 1e-12;
  private static final int ROWS = 256;

  private final INDArray known;
  private final int[] labels;
  private final int classes;

  /**
   * @param features what is known, [items, width]; rows of any length
   * @param labels their classes
   * @param classes how many classes there are
   */
  public NearestNeighbours(INDArray features, int[] labels, int classes) {
    if (features.rows() != labels.length) {
      throw new IllegalArgumentException(
          "%s rows of features, but %s labels".formatted(features.rows(), labels.length));
    }
    this.known = normalized(features);
    this.labels = labels.clone();
    this.classes = classes;
  }

  /** The rows at length one, in double precision. */
  private static INDArray normalized(INDArray features) {
    int rows = features.rows();
    int width = features.columns();
    double[] values = features.dup('c').data().asDouble();
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        squares += values[i] * values[i];
      }
      double norm = Math.max(Math.sqrt(squares), EPSILON);
      for (int i = row * width; i < (row + 1) * width; i++) {
        values[i] /= norm;
      }
    }
    return Nd4j.createFromArray(values).reshape('c', rows, width);
  }

  /**
   * Classifies.
   *
   * @param features [items, width]
   * @param k how many neighbours vote
   * @param temperature τ, above 0
   * @return the class of each item with the most votes, the first of several
   * @throws InputException if k is not from 1 to the number of known items, or τ is not above 0
   */
  public int[] classify(INDArray features, int k, double temperature) {
    if (k < 1 || k > labels.length) {
      throw new InputException(
          "k=%s neighbours of %s known items; expected from 1 to as many as there are"
              .formatted(k, labels.length));
    }
    if (!(temperature > 0)) {
      throw new InputException(
          "the temperature of the votes is %s; expected a number above 0, usually 0.07"
              .formatted(temperature));
    }
    int items = features.rows();
    int[] chosen = new int[items];
    INDArray all = normalized(features);
    for (int from = 0; from < items; from += ROWS) {
      int to = Math.min(items, from + ROWS);
      INDArray part = all.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
      double[] cosines = Nd4j.matmul(part, known, false, true, false).dup('c').data().asDouble();
      for (int row = from; row < to; row++) {
        chosen[row] = vote(cosines, (row - from) * labels.length, k, temperature);
      }
    }
    return chosen;
  }

  /**
   * How many items are classified rightly, in percent.
   *
   * @param features [items, width]
   * @param targets their classes
   * @param k how many neighbours vote
   * @param temperature τ, above 0
   * @throws InputException as {@link #classify}
   */
  public double accuracy(INDArray features, int[] targets, int k, double temperature) {
    int[] chosen = classify(features, k, temperature);
    long right = IntStream.range(0, targets.length).filter(i -> chosen[i] == targets[i]).count();
    return 100.0 * right / targets.length;
  }

  private int vote(double[] cosines, int offset, int k, double temperature) {
    int[] nearest = nearest(cosines, offset, k);
    double[] votes = new double[classes];
    for (int item : nearest) {
      votes[labels[item]] += Math.exp(cosines[offset + item] / temperature);
    }
    int best = 0;
    for (int i = 1; i < classes; i++) {
      best = votes[i] > votes[best] ? i : best;
    }
    return best;
  }

  /** The k largest, of equal ones the first. */
  private int[] nearest(double[] cosines, int offset, int k) {
    int[] nearest = new int[k];
    int count = 0;
    for (int item = 0; item < labels.length; item++) {
      double cosine = cosines[offset + item];
      if (count == k && !(cosine > cosines[offset + nearest[k - 1]])) {
        continue;
      }
      int place = count == k ? k - 1 : count++;
      for (; place > 0 && cosine > cosines[offset + nearest[place - 1]]; place--) {
        nearest[place] = nearest[place - 1];
      }
      nearest[place] = item;
    }
    return nearest;
  }
}
