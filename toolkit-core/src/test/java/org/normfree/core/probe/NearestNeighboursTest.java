package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

class NearestNeighboursTest {
  private static double[][] features(int items, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, items)
        .mapToObj(i -> random.doubles(3, -1, 1).toArray())
        .toArray(double[][]::new);
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }

  @Test
  void theNearestVoteWithTheirWeights() {
    double[][] known = features(31, 1);
    int[] labels = new SplittableRandom(2).ints(31, 0, 4).toArray();
    // more than one block of rows, and no multiple of it
    double[][] asked = features(300, 3);
    NearestNeighbours neighbours = new NearestNeighbours(Nd4j.createFromArray(known), labels, 4);
    int[] chosen = neighbours.classify(Nd4j.createFromArray(asked), 7, 0.2);
    for (int i = 0; i < asked.length; i++) {
      double[] one = asked[i];
      double[] votes = new double[4];
      IntStream.range(0, 31)
          .boxed()
          .sorted(Comparator.comparingDouble((Integer j) -> -cosine(known[j], one)))
          .limit(7)
          .forEach(j -> votes[labels[j]] += Math.exp(cosine(known[j], one) / 0.2));
      assertThat(votes[chosen[i]]).isEqualTo(Arrays.stream(votes).max().orElseThrow());
    }
  }

  @Test
  void aNearNeighbourOutweighsSeveralFarOnes() {
    INDArray known = Nd4j.createFromArray(new float[][] {{5, 0}, {1, 1}, {1, 1.1f}, {1, 0.9f}});
    NearestNeighbours neighbours = new NearestNeighbours(known, new int[] {0, 1, 1, 1}, 2);
    INDArray asked = Nd4j.createFromArray(new float[][] {{0.1f, 0}});
    assertThat(neighbours.classify(asked, 4, 0.07)).containsExactly(0);
    assertThat(neighbours.classify(asked, 4, 10)).containsExactly(1);
    assertThat(neighbours.accuracy(asked, new int[] {1}, 1, 0.07)).isZero();
  }

  @Test
  void moreNeighboursThanThereAreAndATemperatureOfZeroAreRefused() {
    INDArray known = Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}});
    NearestNeighbours neighbours = new NearestNeighbours(known, new int[] {0, 1}, 2);
    assertThatThrownBy(() -> neighbours.classify(known, 3, 0.07))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("k=3");
    assertThatThrownBy(() -> neighbours.classify(known, 1, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("temperature");
  }
}
