package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class AttentionTest {
  private static SDVariable split(SDVariable x, long heads, long width) {
    return x.reshape(2, -1, heads, width).permute(0, 2, 1, 3);
  }

  @ParameterizedTest
  @CsvSource({"1, 5, 5, 4", "2, 3, 7, 3", "3, 7, 2, 5"})
  void holdsTheContract(long heads, long tokens, long keys, long width) throws IOException {
    long channels = heads * width;
    new OpContract(
            inputs(
                "query", random(1, 1.5, 2, tokens, channels),
                "key", random(2, 1.5, 2, keys, channels),
                "value", random(3, 1, 2, keys, channels)),
            (sd, in) ->
                Ops.of(sd).attention(null, in.get("query"), in.get("key"), in.get("value"), heads),
            (sd, in) -> {
              SDVariable q = split(in.get("query"), heads, width);
              SDVariable k = split(in.get("key"), heads, width);
              SDVariable v = split(in.get("value"), heads, width);
              SDVariable scores = sd.mmul(q, k, false, true, false).mul(1 / Math.sqrt(width * 1.0));
              return sd.mmul(sd.nn.softmax(scores, 3), v)
                  .permute(0, 2, 1, 3)
                  .reshape(2, tokens, channels);
            },
            in -> new Attention(in.get(0), in.get(1), in.get(2), heads),
            "normfree_attention_gradient")
        .holds();
  }

  /** With every option: what is seen, and the noise, as constants of a composed graph. */
  @ParameterizedTest
  @CsvSource({
    "1, 5, 5, 4, true, false, false",
    "2, 3, 7, 3, true, true, false",
    "2, 7, 3, 2, true, false, true",
    "3, 4, 5, 2, false, true, false",
    "2, 5, 5, 3, true, true, true",
    "1, 3, 11, 5, false, false, true"
  })
  void holdsTheContractWithMasks(
      long heads,
      long tokens,
      long keys,
      long width,
      boolean causal,
      boolean masked,
      boolean dropped)
      throws IOException {
    long channels = heads * width;
    INDArray mask = masked ? random(7, 1, 2, keys).gt(-0.3).castTo(DataType.DOUBLE) : null;
    if (masked) {
      mask.getRow(1).assign(0);
      mask.putScalar(1, 0, 1);
    }
    INDArray noise =
        dropped
            ? random(8, 1, 2, heads, tokens, keys).gt(-0.4).castTo(DataType.DOUBLE).mul(1.25)
            : null;
    INDArray seen = Nd4j.ones(DataType.DOUBLE, 2, heads, tokens, keys);
    for (long b = 0; b < 2; b++) {
      for (long h = 0; h < heads; h++) {
        for (long i = 0; i < tokens; i++) {
          for (long j = 0; j < keys; j++) {
            boolean later = causal && j > i + keys - tokens;
            boolean padding = masked && mask.getDouble(b, j) == 0;
            seen.putScalar(new long[] {b, h, i, j}, later || padding ? 0 : 1);
          }
        }
      }
    }
    INDArray factors = dropped ? seen.mul(noise) : seen;
    new OpContract(
            inputs(
                "query", random(1, 1.5, 2, tokens, channels),
                "key", random(2, 1.5, 2, keys, channels),
                "value", random(3, 1, 2, keys, channels)),
            (sd, in) -> {
              DataType type = in.get("query").dataType();
              return Ops.of(sd)
                  .attention(
                      null,
                      in.get("query"),
                      in.get("key"),
                      in.get("value"),
                      heads,
                      causal,
                      masked ? sd.constant(mask.castTo(type)) : null,
                      dropped ? sd.constant(noise.castTo(type)) : null);
            },
            (sd, in) -> {
              SDVariable q = split(in.get("query"), heads, width);
              SDVariable k = split(in.get("key"), heads, width);
              SDVariable v = split(in.get("value"), heads, width);
              SDVariable scores =
                  sd.mmul(q, k, false, true, false)
                      .mul(1 / Math.sqrt(width * 1.0))
                      // far enough; rows of numbers far below turn to NaN in ND4J's softmax
                      .add(sd.constant(seen.sub(1).mul(200)));
              SDVariable weights = sd.nn.softmax(scores, 3).mul(sd.constant(factors));
              return sd.mmul(weights, v).permute(0, 2, 1, 3).reshape(2, tokens, channels);
            },
            in -> new Attention(in.get(0), in.get(1), in.get(2), heads, causal, mask, noise),
            "normfree_attention_gradient")
        .holds();
  }

  @Test
  void aQueryThatSeesNothingGivesZeros() {
    for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
      SameDiff sd = SameDiff.create();
      SDVariable x = sd.var("x", random(1, 2, 2, 3, 4).castTo(type));
      SDVariable mask =
          sd.constant(Nd4j.createFromArray(new double[][] {{0, 0, 0}, {1, 1, 0}}).castTo(type));
      SDVariable y = Ops.of(sd).attention("y", x, x, x, 2, true, mask, null);
      y.mul(y).sum("loss");
      sd.setLossVariables("loss");
      INDArray result = sd.outputSingle(Map.of(), "y");
      assertThat(result.slice(0).amaxNumber().doubleValue()).isZero();
      INDArray gradient = sd.calculateGradients(Map.of(), "x").get("x");
      assertThat(gradient.slice(0).amaxNumber().doubleValue()).isZero();
      assertThat(gradient.slice(1).getRow(2).amaxNumber().doubleValue())
          .as("queries of padded positions still count, their keys and values do not")
          .isPositive();
      assertThat(result.isNaN().any() || gradient.isNaN().any()).isFalse();
    }
  }

  @Test
  void theLastQueriesAloneAreWhatTheyAreAmongAll() {
    INDArray query = random(1, 1.5, 1, 5, 4);
    INDArray key = random(2, 1.5, 1, 5, 4);
    INDArray all = Nd4j.exec(new Attention(query, key, key, 2, true, null, null))[0];
    INDArray last = query.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 5), NDArrayIndex.all());
    INDArray alone = Nd4j.exec(new Attention(last.dup(), key, key, 2, true, null, null))[0];
    OpContract.assertClose(
        "last two queries",
        alone,
        all.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 5), NDArrayIndex.all()),
        1e-15);
  }

  @Test
  void wrongMasksAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 5, 8);
    SDVariable longer = sd.placeHolder("longer", DataType.FLOAT, -1, 6);
    SDVariable square = sd.placeHolder("square", DataType.FLOAT, -1, 5, 5);
    assertThatThrownBy(() -> Ops.of(sd).attention("y", x, x, x, 2, true, longer, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the mask has shape [-1, 6], expected [batch, keys] = [-1, 5]");
    assertThatThrownBy(() -> Ops.of(sd).attention("y", x, x, x, 2, false, null, square))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "the noise has shape [-1, 5, 5], expected [batch, heads, tokens, keys] = [-1, 2, 5, 5]");
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 5, 8);
    SDVariable flat = sd.placeHolder("flat", DataType.FLOAT, -1, 8);
    SDVariable narrow = sd.placeHolder("narrow", DataType.FLOAT, -1, 5, 6);
    assertThatThrownBy(() -> Ops.of(sd).attention("y", x, x, x, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[-1, 5, 8] and there are 3 heads");
    assertThatThrownBy(() -> Ops.of(sd).attention("y", flat, x, x, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("query has shape [-1, 8], expected [batch, tokens, C]");
    assertThatThrownBy(() -> Ops.of(sd).attention("y", x, narrow, narrow, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected equal shapes");
  }
}
