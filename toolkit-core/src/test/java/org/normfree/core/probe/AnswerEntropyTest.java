package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class AnswerEntropyTest {
  private static AnswerEntropy of(float[]... rows) {
    return AnswerEntropy.of(Nd4j.createFromArray(rows));
  }

  @Test
  void entropiesAreThoseOfTheRowsAndOfTheirMean() {
    AnswerEntropy entropy = of(new float[] {1, 0, 0, 0}, new float[] {0, 0.5f, 0.5f, 0});
    assertThat(entropy.each()).isCloseTo(Math.log(2) / 2, within(1e-7));
    double ofMean = 0.5 * Math.log(2) + 2 * 0.25 * Math.log(4);
    assertThat(entropy.ofMean()).isCloseTo(ofMean, within(1e-7));
    assertThat(entropy.information()).isCloseTo(ofMean - Math.log(2) / 2, within(1e-7));
    assertThat(entropy.verdict()).isEqualTo(AnswerEntropy.Verdict.INFORMATIVE);
  }

  @Test
  void oneAnswerForAllIsACollapseOfOneKindOrTheOther() {
    float[] uniform = {0.25f, 0.25f, 0.25f, 0.25f};
    assertThat(of(uniform, uniform).verdict()).isEqualTo(AnswerEntropy.Verdict.UNIFORM);
    float[] one = {0, 0.999f, 0.001f, 0};
    assertThat(of(one, one, one).verdict()).isEqualTo(AnswerEntropy.Verdict.ONE_OUTPUT);
    assertThat(of(uniform, new float[] {0.27f, 0.23f, 0.25f, 0.25f}).verdict())
        .isEqualTo(AnswerEntropy.Verdict.UNIFORM);
  }
}
