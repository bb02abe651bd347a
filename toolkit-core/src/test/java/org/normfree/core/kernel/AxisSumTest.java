package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;

/** ND4J's sums over axes: the same bits from the plan as from the session. */
class AxisSumTest {
  private final SplittableRandom random = new SplittableRandom(4);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void hasTheBitsOfNd4j(int threads) {
    for (int graph = 0; graph < 40; graph++) {
      int rank = random.nextInt(1, 5);
      long[] shape = random.longs(rank, 1, 14).toArray();
      int[] axes = random.ints(random.nextInt(1, rank + 1), 0, rank).distinct().sorted().toArray();
      agrees(threads, shape, axes, random.nextBoolean(), random.nextBoolean());
    }
    agrees(threads, new long[] {3, 1009, 2}, new int[] {1}, true, false);
    agrees(threads, new long[] {2, 8, 8, 33}, new int[] {1, 2}, true, false);
    agrees(threads, new long[] {5, 7, 3}, new int[] {0, 2}, false, false); // not side by side
  }

  /** The session itself leaves most of the sums 0 there. */
  @Test
  void axesMayBeCountedFromTheEnd() {
    INDArray x = Nd4j.createFromArray(1f, 2, 3, 4, 5, 6).reshape(1, 3, 2);
    SameDiff sd = SameDiff.create();
    sd.placeHolder("x", DataType.FLOAT, 1, 3, 2).mean("y", true, -2);
    try (GraphExecutor plan = new CompiledExecutor(sd, CompilerSettings.of(2))) {
      assertThat(plan.output(Map.of("x", x), List.of("y")).get("y").ravel().toFloatVector())
          .containsExactly(3, 4);
    }
  }

  private static void agrees(
      int threads, long[] shape, int[] axes, boolean mean, boolean keepDimensions) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, shape);
    SDVariable w = sd.var("w", Nd4j.rand(DataType.FLOAT, shape));
    SDVariable product = x.mul(w);
    SDVariable y =
        mean ? product.mean("y", keepDimensions, axes) : product.sum("y", keepDimensions, axes);
    y.mul(y).sum("loss");
    sd.setLossVariables("loss");
    Map<String, INDArray> inputs = Map.of("x", Nd4j.randn(DataType.FLOAT, shape));
    try (GraphExecutor plan = new CompiledExecutor(sd, CompilerSettings.of(threads));
        GraphExecutor session = new StockExecutor(sd)) {
      GraphExecutor.Pass expected = session.gradients(inputs, List.of("y"));
      GraphExecutor.Pass actual = plan.gradients(inputs, List.of("y"));
      String what = Arrays.toString(shape) + " over " + Arrays.toString(axes) + ", mean " + mean;
      assertThat(actual.outputs().get("y")).as(what).isEqualTo(expected.outputs().get("y"));
      assertThat(actual.gradients().get("w")).as(what).isEqualTo(expected.gradients().get("w"));
    }
  }
}
