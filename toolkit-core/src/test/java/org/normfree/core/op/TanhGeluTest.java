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

class TanhGeluTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 5, 7", "2, 13, 31"})
  void holdsTheContract(long batch, long rows, long columns) throws IOException {
    new OpContract(
            inputs("x", random(1, 4, batch, rows, columns)),
            (sd, in) -> Ops.of(sd).tanhGelu(null, in.get("x")),
            (sd, in) -> {
              SDVariable x = in.get("x");
              SDVariable w = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
              return x.mul(sd.math.tanh(w).add(1)).mul(0.5);
            },
            in -> new TanhGelu(in.get(0)),
            "normfree_tanh_gelu_gradient")
        .holds();
  }

  @Test
  void isNearTheExactOneAndFarFromZeroIsZeroOrTheIdentity() {
    INDArray x = Nd4j.createFromArray(-1e200, -40.0, 0.0, 2.0, 40.0, 1e200);
    double[] y = Nd4j.exec(new TanhGelu(x))[0].toDoubleVector();
    assertThat(y[0]).isZero();
    assertThat(y[1]).isCloseTo(0, within(1e-300));
    assertThat(y[3]).isCloseTo(1.954597694, within(1e-9));
    assertThat(y[4]).isEqualTo(40);
    assertThat(y[5]).isEqualTo(1e200);
    assertThat(new TanhGelu().slope(x).toDoubleVector()).startsWith(0).endsWith(1.0, 1.0);
  }
}
