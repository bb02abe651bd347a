package org.normfree.core.optim.weighting;

import java.util.Arrays;

/** Losses of answers that ignore the input. Source: kexue.fm/archives/8870. */
public final class PriorLoss {
  private PriorLoss() {}

  /** Cross-entropy, in nats, where every class is as likely: {@code log K}. */
  public static double crossEntropy(int classes) {
    return Math.log(classes);
  }

  /**
   * Cross-entropy, in nats, where the answer is how often each class is: {@code −Σ p log p}.
   *
   * @param shares of the classes, of sum 1; of a class that does not occur 0
   */
  public static double crossEntropy(double... shares) {
    return -Arrays.stream(shares).filter(p -> p > 0).map(p -> p * Math.log(p)).sum();
  }

  /** Mean squared error where the answer is 0: {@code mean y²}. */
  public static double squaredOfZero(double... targets) {
    return Arrays.stream(targets).map(y -> y * y).average().orElseThrow();
  }

  /** Mean squared error where the answer is the mean: the variance of the targets. */
  public static double squaredOfMean(double... targets) {
    double mean = Arrays.stream(targets).average().orElseThrow();
    return Arrays.stream(targets).map(y -> (y - mean) * (y - mean)).average().orElseThrow();
  }
}
