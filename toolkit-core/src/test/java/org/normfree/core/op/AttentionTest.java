package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

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
