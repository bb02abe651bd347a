package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ExactGeluTest {
  @Test
  void holdsTheContract() throws IOException {
    new OpContract(
            inputs("x", random(1, 4, 3, 5, 7)),
            (sd, in) -> Ops.of(sd).gelu(null, in.get("x")),
            (sd, in) -> {
              SDVariable x = in.get("x");
              return x.mul(sd.math.erf(x.mul(Math.sqrt(0.5))).add(1)).mul(0.5);
            },
            in -> new ExactGelu(in.get(0)),
            "normfree_gelu_gradient")
        .holds();
  }

  /** Values of x·Φ(x) from tables of the normal distribution. */
  @Test
  void isExactWhereNd4jsOwnIsNot() {
    INDArray x = Nd4j.createFromArray(-3.0, -1.0, 0.0, 1.0, 2.0);
    INDArray y = Nd4j.exec(new ExactGelu(x))[0];
    double[] expected = {
      -3 * 0.0013498980316301, -0.1586552539314571, 0, 0.8413447460685429, 2 * 0.9772498680518208
    };
    for (int i = 0; i < expected.length; i++) {
      assertThat(y.getDouble(i)).isCloseTo(expected[i], within(1e-14));
    }
    double theirs = Nd4j.nn().preciseGelu(Nd4j.createFromArray(2.0)).getDouble(0);
    assertThat(Math.abs(theirs - expected[4]))
        .as("ND4J's preciseGelu at 2; if it has become right, docs/ops/gelu.md can say so")
        .isGreaterThan(0.01);
  }
}
