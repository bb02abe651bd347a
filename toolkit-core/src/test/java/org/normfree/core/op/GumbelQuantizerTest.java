package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.random;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GumbelQuantizerTest {
  private static final int ROWS = 7;
  private static final int GROUPS = 2;
  private static final int ENTRIES = 3;
  private static final int WIDTH = 4;
  private static final double TEMPERATURE = 0.7;

  private static final INDArray LOGITS = random(1, 2, ROWS, GROUPS * ENTRIES);
  private static final INDArray TABLE = random(2, 1, GROUPS * ENTRIES, WIDTH);
  private static final INDArray NOISE = random(3, 2, ROWS, GROUPS * ENTRIES);
  private static final INDArray UPSTREAM = random(4, 1, ROWS, GROUPS * WIDTH);

  /** {@code Σ upstream·(softmax·entries)}, which is what the choice is differentiated as. */
  private static SDVariable soft(SameDiff sd, SDVariable logits) {
    SDVariable noisy = logits.add(sd.constant(NOISE)).mul(1 / TEMPERATURE);
    SDVariable p = sd.nn.softmax(noisy.reshape(ROWS * GROUPS, ENTRIES), 1);
    SDVariable table = sd.constant(TABLE);
    SDVariable mixed = null;
    for (int group = 0; group < GROUPS; group++) {
      INDArray rows = Nd4j.zeros(DataType.DOUBLE, ROWS, ROWS * GROUPS);
      INDArray entries = Nd4j.zeros(DataType.DOUBLE, ENTRIES, GROUPS * ENTRIES);
      INDArray columns = Nd4j.zeros(DataType.DOUBLE, WIDTH, GROUPS * WIDTH);
      for (int row = 0; row < ROWS; row++) {
        rows.putScalar(row, (long) row * GROUPS + group, 1);
      }
      for (int v = 0; v < ENTRIES; v++) {
        entries.putScalar(v, (long) group * ENTRIES + v, 1);
      }
      for (int k = 0; k < WIDTH; k++) {
        columns.putScalar(k, (long) group * WIDTH + k, 1);
      }
      SDVariable part =
          sd.constant(rows)
              .mmul(p)
              .mmul(sd.constant(entries).mmul(table))
              .mmul(sd.constant(columns));
      mixed = mixed == null ? part : mixed.add(part);
    }
    return mixed.mul(sd.constant(UPSTREAM)).sum();
  }

  @ParameterizedTest
  @EnumSource(names = {"DOUBLE", "FLOAT"})
  void theChoiceIsHardAndItsGradientSoft(DataType type) {
    SameDiff sd = SameDiff.create();
    SDVariable logits = sd.var("logits", LOGITS.castTo(type));
    SDVariable table = sd.var("table", TABLE.castTo(type));
    SDVariable[] chosen =
        Ops.of(sd)
            .gumbelQuantizer(
                "y",
                logits,
                table,
                sd.constant(NOISE.castTo(type)),
                sd.constant(Nd4j.createFromArray(TEMPERATURE).castTo(type)),
                GROUPS);
    chosen[0].mul(sd.constant(UPSTREAM.castTo(type))).sum("loss");
    sd.setLossVariables("loss");
    INDArray y = sd.outputSingle(Map.of(), "y");
    INDArray codes = sd.outputSingle(Map.of(), chosen[1].name());
    INDArray expected = Nd4j.zeros(DataType.DOUBLE, TABLE.shape());
    for (int row = 0; row < ROWS; row++) {
      for (int group = 0; group < GROUPS; group++) {
        int first = group * ENTRIES;
        int best = first;
        for (int v = first; v < first + ENTRIES; v++) {
          double value = LOGITS.getDouble(row, v) + NOISE.getDouble(row, v);
          best = value > LOGITS.getDouble(row, best) + NOISE.getDouble(row, best) ? v : best;
        }
        assertThat(codes.getInt(row, group)).isEqualTo(best - first);
        for (int k = 0; k < WIDTH; k++) {
          int column = group * WIDTH + k;
          assertThat(y.getDouble(row, column)).isEqualTo(TABLE.castTo(type).getDouble(best, k));
          double sum = expected.getDouble(best, k) + UPSTREAM.getDouble(row, column);
          expected.putScalar(best, k, sum);
        }
      }
    }
    Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), "logits", "table");
    double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-5;
    assertClose("dentries", gradients.get("table"), expected, tolerance);
    SameDiff twin = SameDiff.create();
    soft(twin, twin.var("logits", LOGITS)).add("loss", 0);
    twin.setLossVariables("loss");
    INDArray byTwin = twin.calculateGradients(Map.of(), "logits").get("logits");
    assertClose("dlogits", gradients.get("logits"), byTwin, tolerance);
    assertThat(sd.getFunction("grad").ops())
        .anySatisfy(op -> assertThat(op.opName()).isEqualTo("normfree_gumbel_quantizer_gradient"));
  }

  @Test
  void withoutNoiseTheLogitsLearnFromTheMeanAlone() {
    SameDiff sd = SameDiff.create();
    SDVariable logits = sd.var("logits", LOGITS);
    SDVariable[] chosen =
        Ops.of(sd).gumbelQuantizer("y", logits, sd.var("table", TABLE), null, null, GROUPS);
    INDArray weights = random(5, 1, GROUPS * ENTRIES);
    SDVariable mean = chosen[2].mul(sd.constant(weights)).sum();
    chosen[0].mul(sd.constant(UPSTREAM)).sum().add("loss", mean);
    sd.setLossVariables("loss");
    SameDiff twin = SameDiff.create();
    SDVariable p = twin.nn.softmax(twin.var("logits", LOGITS).reshape(ROWS * GROUPS, ENTRIES), 1);
    SDVariable shares = p.reshape(ROWS, GROUPS * ENTRIES).mean(0);
    shares.mul(twin.constant(weights)).sum("loss");
    twin.setLossVariables("loss");
    assertClose(
        "dlogits",
        sd.calculateGradients(Map.of(), "logits").get("logits"),
        twin.calculateGradients(Map.of(), "logits").get("logits"),
        1e-12);
    assertClose("mean", chosen[2].eval(), shares.eval(), 1e-14);
    INDArray usage = chosen[3].eval().mul(ROWS);
    INDArray codes = chosen[1].eval();
    for (int group = 0; group < GROUPS; group++) {
      for (int v = 0; v < ENTRIES; v++) {
        double count =
            codes.getColumn(group).eq(v).castTo(DataType.DOUBLE).sumNumber().doubleValue();
        assertThat(usage.getDouble((long) group * ENTRIES + v)).isEqualTo(count);
      }
    }
  }

  @Test
  void perplexityGoesFromOneAGroupToAllEntries() {
    SameDiff sd = SameDiff.create();
    SDVariable even = sd.constant(Nd4j.valueArrayOf(new long[] {6}, 1 / 3.0, DataType.DOUBLE));
    SDVariable one = sd.constant(Nd4j.createFromArray(1.0, 0, 0, 0, 0, 1));
    assertThat(Ops.of(sd).perplexity("even", even, 2).eval().getDouble(0))
        .isCloseTo(6, within(1e-5));
    assertThat(Ops.of(sd).perplexity("one", one, 2).eval().getDouble(0)).isCloseTo(2, within(1e-5));
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable logits = sd.placeHolder("logits", DataType.FLOAT, -1, 6);
    SDVariable table = sd.var("table", Nd4j.ones(DataType.FLOAT, 6, 4));
    SDVariable five = sd.var("five", Nd4j.ones(DataType.FLOAT, 5, 4));
    Ops ops = Ops.of(sd);
    assertThatThrownBy(() -> ops.gumbelQuantizer("y", logits, table, null, null, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 groups for logits of shape [-1, 6]");
    assertThatThrownBy(() -> ops.gumbelQuantizer("y", logits, five, null, null, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entries have shape [5, 4], expected [G·V, d]");
    assertThatThrownBy(() -> ops.gumbelQuantizer("y", logits, table, logits, null, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("either noise or temperature is missing");
  }
}
