package org.normfree.core.probe;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the answers q of a teacher are spread, in nats: whether they tell images apart. What an
 * answer says of its image is {@code H(mean of q) − mean of H(q)}, the mutual information of image
 * and output. Source: arXiv 2104.14294, section 5.3.
 *
 * @param each mean over images of H(q)
 * @param ofMean H of the mean of q over images
 * @param outputs K
 */
public record AnswerEntropy(double each, double ofMean, int outputs) {
  /** Share of ln K that answers must say of their images; below it a network has collapsed. */
  public static final double LEAST_SHARE = 0.05;

  /** What became of a network. */
  public enum Verdict {
    /** Different images get different answers. */
    INFORMATIVE,
    /**
     * All images get the same answer, and it is nearly uniform: it is sharpened too little, the
     * teacher's temperature is too high.
     */
    UNIFORM,
    /** All images get the same answer, one output: it is not centred. */
    ONE_OUTPUT
  }

  /**
   * Of answers.
   *
   * @param answers [images, K], rows that sum to 1
   */
  public static AnswerEntropy of(INDArray answers) {
    int rows = answers.rows();
    int outputs = answers.columns();
    double[] q = answers.dup('c').data().asDouble();
    double[] mean = new double[outputs];
    double each = 0;
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < outputs; k++) {
        double share = q[row * outputs + k];
        each += entropy(share) / rows;
        mean[k] += share / rows;
      }
    }
    double ofMean = 0;
    for (double share : mean) {
      ofMean += entropy(share);
    }
    return new AnswerEntropy(each, ofMean, outputs);
  }

  private static double entropy(double share) {
    return share > 0 ? -share * Math.log(share) : 0;
  }

  /** What an answer says of its image, from 0 to ln K. */
  public double information() {
    return Math.max(0, ofMean - each); // below 0 only by rounding
  }

  /**
   * Whether the network has collapsed, and how. A network that has just begun says nothing of its
   * images either, so it is to be judged after a tenth of its training at the earliest.
   */
  public Verdict verdict() {
    double most = Math.log(outputs);
    if (information() >= LEAST_SHARE * most) {
      return Verdict.INFORMATIVE;
    }
    return each > most / 2 ? Verdict.UNIFORM : Verdict.ONE_OUTPUT;
  }
}
