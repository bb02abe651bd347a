package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LongConvolutionTest {
  /** A sum of the input moved by each lag, from SameDiff's own ops. */
  private static SDVariable composed(
      SameDiff sd, Map<String, SDVariable> in, long batch, int length, long channels) {
    SDVariable u = in.get("u");
    SDVariable y = in.containsKey("d") ? u.mul(in.get("d")) : u.mul(0);
    for (int lag = 0; lag < length; lag++) {
      SDVariable moved = u;
      if (lag > 0) {
        SDVariable zeros = sd.constant(Nd4j.zeros(u.dataType(), batch, lag, channels));
        moved =
            sd.concat(
                1, zeros, u.get(SDIndex.all(), SDIndex.interval(0, length - lag), SDIndex.all()));
      }
      SDVariable tap = in.get("h").get(SDIndex.interval(lag, lag + 1), SDIndex.all());
      y = y.add(moved.mul(tap.reshape(1, 1, channels)));
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, true", "2, 5, 3, true", "3, 7, 2, false"})
  void holdsTheContract(long batch, int length, long channels, boolean skips) throws IOException {
    Map<String, INDArray> inputs =
        inputs("u", random(1, 1, batch, length, channels), "h", random(2, 1, length, channels));
    if (skips) {
      inputs.put("d", random(3, 1, channels));
    }
    new OpContract(
            inputs,
            (sd, in) -> Ops.of(sd).longConvolution(null, in.get("u"), in.get("h"), in.get("d")),
            (sd, in) -> composed(sd, in, batch, length, channels),
            in -> new LongConvolution(in.get(0), in.get(1), skips ? in.get(2) : null),
            "normfree_long_convolution_gradient")
        .holds();
  }

  @Test
  void aFilterOfOneValueMovesTheSequence() {
    for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
      INDArray u = random(1, 1, 2, 200, 3).castTo(type);
      INDArray h = Nd4j.zeros(type, 200, 3);
      h.getRow(67).assign(2);
      INDArray y = Nd4j.exec(new LongConvolution(u, h, null))[0];
      INDArray late = LongConvolution.from(y, 67);
      assertClose("moved", late, LongConvolution.until(u, 133).mul(2), 1e-6);
      assertClose("before", LongConvolution.until(y, 67), Nd4j.zeros(type, 2, 67, 3), 1e-3);
    }
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable u = sd.placeHolder("u", DataType.FLOAT, -1, 7, 4);
    SDVariable matrix = sd.placeHolder("matrix", DataType.FLOAT, 7, 4);
    SDVariable longer = sd.placeHolder("longer", DataType.FLOAT, 9, 4);
    Ops ops = Ops.of(sd);
    assertThatThrownBy(() -> ops.longConvolution("y", matrix, matrix, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("u has shape [7, 4], expected [batch, length, C]");
    assertThatThrownBy(() -> ops.longConvolution("y", u, longer, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the filter has shape [9, 4], expected [length, C]");
    assertThatThrownBy(
            () -> ops.longConvolution("y", u, matrix, sd.var("d", Nd4j.ones(DataType.FLOAT, 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("d has shape [3], expected [4]");
  }
}
