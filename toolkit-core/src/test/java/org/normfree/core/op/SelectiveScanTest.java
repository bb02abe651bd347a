package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.List;
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
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SelectiveScanTest {
  /** Sizes. */
  private record Size(long batch, int length, long channels, long states) {}

  private static SDVariable at(SDVariable x, int t, long... shape) {
    return x.get(SDIndex.all(), SDIndex.interval(t, t + 1), SDIndex.all()).reshape(shape);
  }

  /** The recurrence unrolled in SameDiff's own ops. */
  private static SDVariable composed(
      SameDiff sd, Map<String, SDVariable> in, ScanTerms terms, Size size) {
    SDVariable u = in.get("u");
    SDVariable delta = in.get("delta");
    delta = terms.bias() ? delta.add(in.get("bias")) : delta;
    delta = terms.softplus() ? sd.math.log(sd.math.exp(delta).add(1)) : delta;
    SDVariable rates = in.get("A").reshape(1, size.channels, size.states);
    SDVariable[] y = new SDVariable[size.length];
    SDVariable h = null;
    for (int i = 0; i < size.length; i++) {
      int t = terms.position(i, size.length);
      SDVariable step = at(delta, t, size.batch, size.channels, 1);
      SDVariable input = step.mul(at(u, t, size.batch, size.channels, 1));
      SDVariable next = input.mul(at(in.get("B"), t, size.batch, 1, size.states));
      SDVariable decay = sd.math.exp(step.mul(rates));
      h = (h == null ? decay.mul(0) : decay.mul(h)).add(next);
      SDVariable read = h.mul(at(in.get("C"), t, size.batch, 1, size.states)).sum(2);
      y[t] = read.reshape(size.batch, 1, size.channels);
    }
    SDVariable all = size.length == 1 ? y[0] : sd.concat(1, y);
    all = terms.skip() ? all.add(u.mul(in.get("D"))) : all;
    SDVariable z = in.get("z");
    return terms.gate() ? all.mul(z.mul(sd.nn.sigmoid(z))) : all;
  }

  private static SDVariable scan(SameDiff sd, Map<String, SDVariable> in, ScanTerms terms) {
    return Ops.of(sd)
        .selectiveScan(
            null,
            in.get("u"),
            in.get("delta"),
            in.get("A"),
            in.get("B"),
            in.get("C"),
            in.get("D"),
            in.get("z"),
            in.get("bias"),
            terms.softplus(),
            terms.reverse());
  }

  private static SelectiveScan eager(List<INDArray> in, ScanTerms terms) {
    return new SelectiveScan(
        in.get(0),
        in.get(1),
        in.get(2),
        in.get(3),
        in.get(4),
        terms.skip(in),
        terms.gate(in),
        terms.bias(in),
        terms.softplus(),
        terms.reverse());
  }

  private static Map<String, INDArray> values(
      ScanTerms terms, long batch, long length, long channels, long states) {
    Map<String, INDArray> in =
        inputs(
            "u", random(1, 1, batch, length, channels),
            "delta", random(2, 0.7, batch, length, channels),
            "A", random(3, 1, channels, states).subi(1),
            "B", random(4, 1, batch, length, states),
            "C", random(5, 1, batch, length, states));
    if (terms.skip()) {
      in.put("D", random(6, 1, channels));
    }
    if (terms.gate()) {
      in.put("z", random(7, 2, batch, length, channels));
    }
    if (terms.bias()) {
      in.put("bias", random(8, 1, channels));
    }
    return in;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, true, true, true, true, false",
    "2, 5, 3, 2, true, true, true, true, false",
    "2, 3, 2, 3, true, false, true, true, true",
    "1, 7, 2, 2, false, true, false, true, true",
    "3, 2, 5, 1, false, false, false, false, false"
  })
  void holdsTheContract(
      long batch,
      int length,
      long channels,
      long states,
      boolean skip,
      boolean gate,
      boolean bias,
      boolean softplus,
      boolean reverse)
      throws IOException {
    ScanTerms terms = new ScanTerms(skip, gate, bias, softplus, reverse);
    new OpContract(
            values(terms, batch, length, channels, states),
            (sd, in) -> scan(sd, in, terms),
            (sd, in) -> composed(sd, in, terms, new Size(batch, length, channels, states)),
            in -> eager(in, terms),
            "normfree_selective_scan_gradient")
        .holds();
  }

  @Test
  void aReversedScanIsTheScanOfWhatIsReversed() {
    ScanTerms forward = new ScanTerms(true, true, true, true, false);
    ScanTerms reverse = new ScanTerms(true, true, true, true, true);
    Map<String, INDArray> in = values(forward, 2, 131, 19, 5);
    for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
      List<INDArray> given = in.values().stream().map(x -> x.castTo(type)).toList();
      List<INDArray> turned = given.stream().map(SelectiveScanTest::turned).toList();
      INDArray y = Nd4j.exec(eager(given, reverse))[0];
      assertThat(y).isEqualTo(turned(Nd4j.exec(eager(turned, forward))[0]));
    }
  }

  /** What has a time axis, backwards. */
  private static INDArray turned(INDArray x) {
    if (x.rank() < 3) {
      return x;
    }
    INDArray turned = x.ulike();
    for (long t = 0; t < x.size(1); t++) {
      INDArray at = x.get(NDArrayIndex.all(), NDArrayIndex.point(t), NDArrayIndex.all());
      turned.put(
          new INDArrayIndex[] {
            NDArrayIndex.all(), NDArrayIndex.point(x.size(1) - 1 - t), NDArrayIndex.all()
          },
          at);
    }
    return turned;
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable u = sd.placeHolder("u", DataType.FLOAT, -1, 7, 4);
    SDVariable a = sd.var("A", Nd4j.ones(DataType.FLOAT, 4, 3));
    SDVariable wide = sd.var("wide", Nd4j.ones(DataType.FLOAT, 5, 3));
    SDVariable b = sd.placeHolder("b", DataType.FLOAT, -1, 7, 3);
    SDVariable two = sd.placeHolder("two", DataType.FLOAT, -1, 7, 2);
    SDVariable three = sd.var("three", Nd4j.ones(DataType.FLOAT, 3));
    SDVariable matrix = sd.placeHolder("matrix", DataType.FLOAT, 7, 4);
    Ops ops = Ops.of(sd);
    assertThatThrownBy(
            () -> ops.selectiveScan("y", matrix, u, a, b, b, null, null, null, true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("u has shape [7, 4], expected [batch, length, E]");
    assertThatThrownBy(
            () -> ops.selectiveScan("y", u, u, wide, b, b, null, null, null, true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("A has shape [5, 3], expected [E, N]");
    assertThatThrownBy(() -> ops.selectiveScan("y", u, u, a, b, two, null, null, null, true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("C has shape [-1, 7, 2], expected equal shapes");
    assertThatThrownBy(() -> ops.selectiveScan("y", u, u, a, b, b, three, null, null, true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("D has shape [3], expected [4]");
    assertThatThrownBy(() -> ops.selectiveScan("y", u, u, a, b, b, null, b, null, true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the gate z has shape [-1, 7, 3], expected equal shapes");
  }
}
