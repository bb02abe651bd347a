package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.op.OpContract.random;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class HyenaFilterTest {
  private static INDArray filter(HyenaFilterTerms terms) {
    SameDiff sd = SameDiff.create();
    List<SDVariable> weights =
        List.of(
            sd.constant(random(1, 1, 5, 4)),
            sd.constant(random(2, 1, 4, 4)),
            sd.constant(random(3, 1, 4, 3)));
    List<SDVariable> biases = List.of(sd.constant(random(4, 1, 4)), sd.constant(random(5, 1, 4)));
    SDVariable frequency = sd.constant(random(6, 1, 4).addi(10));
    return Ops.of(sd).hyenaFilter("h", terms, frequency, weights, biases).eval();
  }

  @Test
  void aShorterSequenceSeesTheBeginningOfTheSameFilter() {
    INDArray all = filter(new HyenaFilterTerms(13, 13, 5, 3, 0.05));
    INDArray some = filter(new HyenaFilterTerms(7, 13, 5, 3, 0.05));
    assertThat(some).isEqualTo(all.get(NDArrayIndex.interval(0, 7), NDArrayIndex.all()));
  }

  @Test
  void theWindowFallsToAHundredthAtItsOwnPace() {
    HyenaFilterTerms terms = new HyenaFilterTerms(101, 101, 3, 2, 0);
    double[][] window = terms.window();
    assertThat(window[0]).containsExactly(1, 1);
    assertThat(window[100][0]).isCloseTo(Math.pow(0.01, 1 / 1.5), within(1e-12));
    assertThat(window[30][1]).isCloseTo(0.01, within(1e-12));
  }

  @Test
  void wrongTermsAreRefused() {
    assertThatThrownBy(() -> new HyenaFilterTerms(9, 8, 3, 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a length of 9 of at most 8");
    assertThatThrownBy(() -> new HyenaFilterTerms(3, 8, 4, 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 features and 2 channels, expected an odd number");
    SameDiff sd = SameDiff.create();
    SDVariable w = sd.constant(random(1, 1, 3, 3));
    HyenaFilterTerms terms = new HyenaFilterTerms(3, 8, 3, 3, 0);
    assertThatThrownBy(() -> Ops.of(sd).hyenaFilter("h", terms, w, List.of(w), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 weights and 0 biases");
  }
}
