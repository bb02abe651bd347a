package org.normfree.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MetricTest {
  @Test
  void aNaNLogitIsNeverRight() {
    INDArray logits =
        Nd4j.createFromArray(
            new float[][] {{Float.NaN, Float.NaN}, {1, 2}, {3, 3}, {Float.NaN, 0}});
    assertThat(Accuracy.correct(logits, new int[] {0, 1, 0, 1})).isEqualTo(3);
    assertThat(Accuracy.correct(logits.castTo(DataType.DOUBLE), new int[] {1, 0, 1, 0})).isZero();
  }

  @Test
  void accuracyReadsLogitsThatArePartOfALargerArray() {
    INDArray wide = Nd4j.createFromArray(new float[][] {{9, 1, 2, 9}, {9, 2, 1, 9}, {9, 0, 5, 9}});
    INDArray logits = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3));
    Map<String, INDArray> values =
        Map.of("logits", logits, "targets", Nd4j.createFromArray(1, Network.IGNORED, 0));
    assertThat(new Accuracy("logits", "targets").share(values, 2))
        .isEqualTo(new Metric.Share(1, 2));
    assertThat(
            new Accuracy("logits", "targets")
                .share(
                    Map.of(
                        "logits",
                        logits.dup('f'),
                        "targets",
                        Nd4j.createFromArray(new int[][] {{1}, {0}, {1}})),
                    3)
                .mean())
        .isEqualTo(1);
  }

  @Test
  void batchesOfOtherSizesAreAveragedByTheirWeights() {
    Metric mean = Metric.mean("loss", "l");
    Metric.Share both =
        mean.share(Map.of("l", Nd4j.scalar(3.0)), 1)
            .plus(mean.share(Map.of("l", Nd4j.scalar(7.0)), 3));
    assertThat(both.mean()).isEqualTo(6);
    Metric items = Metric.perItem("error", "e");
    assertThat(
            items
                .share(Map.of("e", Nd4j.createFromArray(1.0, 2, 3)), 100)
                .plus(items.share(Map.of("e", Nd4j.createFromArray(6.0)), 100)))
        .isEqualTo(new Metric.Share(12, 4));
    Metric ratio = Metric.ratio("loss", "l", "n");
    assertThat(
            ratio.share(Map.of("l", Nd4j.createFromArray(1.0, 2, 3), "n", Nd4j.scalar(4.0)), 100))
        .isEqualTo(new Metric.Share(6, 4));
    assertThat(Metric.Share.NONE.mean()).isNaN();
  }

  @Test
  void severalNumbersAreNoMean() {
    assertThatThrownBy(
            () -> Metric.mean("loss", "l").share(Map.of("l", Nd4j.createFromArray(1.0, 2)), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2]")
        .hasMessageContaining("perItem");
  }
}
