package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.StockExecutor;

/** Products with a number for each example, or each row. */
class RowScalingTest {
  private static final long[][][] SHAPES = {
    {{3, 1, 1, 1}, {3, 5, 7, 2}},
    {{3, 5, 7, 1}, {3, 5, 7, 2}},
    {{2, 1}, {2, 9001}},
    {{1, 1}, {1, 13}},
    {{4, 3, 1}, {4, 3, 67}}
  };

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void areThoseOfTheSession(int threads) {
    for (long[][] shapes : SHAPES) {
      SameDiff sd = SameDiff.create();
      SDVariable a = sd.var("a", Nd4j.randn(DataType.FLOAT, shapes[1]));
      SDVariable b = sd.placeHolder("b", DataType.FLOAT, shapes[0]);
      SDVariable y = a.mul("y", b);
      y.mul(y).sum("loss");
      sd.setLossVariables("loss");
      Map<String, INDArray> in = Map.of("b", Nd4j.randn(DataType.FLOAT, shapes[0]));
      try (CompiledExecutor plan = new CompiledExecutor(sd, CompilerSettings.of(threads));
          StockExecutor session = new StockExecutor(sd)) {
        var expected = session.gradients(in, List.of("y"));
        var actual = plan.gradients(in, List.of("y"));
        assertThat(plan.explain()).contains("multiply");
        assertThat(actual.outputs()).isEqualTo(expected.outputs());
        assertThat(actual.gradients()).isEqualTo(expected.gradients());
      }
    }
  }

  @Test
  void otherPairsOfShapesAreLeftToOthers() {
    assertThat(RowScalingTask.leads(new long[] {2, 1, 1}, new long[] {2, 3, 4})).isTrue();
    assertThat(RowScalingTask.leads(new long[] {2, 3, 1}, new long[] {2, 3, 4})).isTrue();
    assertThat(RowScalingTask.leads(new long[] {1, 1, 1}, new long[] {2, 3, 4})).isTrue();
    assertThat(RowScalingTask.leads(new long[] {2, 3, 4}, new long[] {2, 3, 4})).isFalse();
    assertThat(RowScalingTask.leads(new long[] {2, 1, 4}, new long[] {2, 3, 4})).isFalse();
    assertThat(RowScalingTask.leads(new long[] {2, 1}, new long[] {2, 3, 4})).isFalse();
  }
}
