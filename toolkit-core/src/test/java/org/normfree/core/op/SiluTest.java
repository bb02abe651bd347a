package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SiluTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 5, 7", "2, 13, 31"})
  void holdsTheContract(long batch, long rows, long columns) throws IOException {
    new OpContract(
            inputs("x", random(1, 6, batch, rows, columns)),
            (sd, in) -> Ops.of(sd).silu(null, in.get("x")),
            (sd, in) -> {
              SDVariable x = in.get("x");
              return x.mul(sd.nn.sigmoid(x));
            },
            in -> new Silu(in.get(0)),
            "normfree_silu_gradient")
        .holds();
  }

  @Test
  void farFromZeroItIsZeroOrTheIdentity() {
    INDArray x = Nd4j.createFromArray(-800.0, -40.0, 0.0, 40.0, 800.0);
    double[] y = Nd4j.exec(new Silu(x))[0].toDoubleVector();
    assertThat(y[0]).isZero();
    assertThat(y[1]).isCloseTo(-40 * Math.exp(-40), within(1e-30));
    assertThat(y).endsWith(0.0, 40.0, 800.0);
  }
}
