package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Scope;

class PositionResizeTest {
  @Test
  void constantPositionsStayConstant() {
    for (int from : new int[] {1, 2, 5, 14}) {
      for (int to : new int[] {1, 3, 5, 16}) {
        for (double[] row : PositionResize.weights(from, to)) {
          assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-12));
        }
      }
    }
  }

  @Test
  void aPlaceTakesFromTheFourAroundIt() {
    // u = 1.5·5/3.1 − ½ = 1.919…, so t = 0.919… behind place 1
    double t = 1.5 * 5 / 3.1 - 1.5;
    double[] row = PositionResize.weights(5, 3)[1];
    assertThat(row[1]).isCloseTo((1.25 * t - 2.25) * t * t + 1, within(1e-12));
    assertThat(row[4]).isZero();
    assertThat(row[0]).isNegative();
  }

  @Test
  void furtherTokensStayAsTheyAreAndTheSameGridIsLeftAlone() {
    Scope root = Scope.root(DataType.DOUBLE, 1);
    INDArray values = Nd4j.linspace(DataType.DOUBLE, 1, 14, 1).reshape(1, 7, 2);
    SDVariable positions = root.graph().var("p", values);
    Patches known = new Patches(2, 3, 1, 1);
    assertThat(PositionResize.resize(root, positions, known, new Patches(4, 6, 3, 2)))
        .isSameAs(positions);
    SDVariable other = PositionResize.resize(root, positions, known, new Patches(3, 2, 1, 1));
    INDArray resized = root.graph().outputSingle(Map.of(), other.name());
    assertThat(resized.shape()).containsExactly(1, 7, 2);
    assertThat(resized.getDouble(0, 0, 0)).isEqualTo(1);
    assertThat(resized.getDouble(0, 0, 1)).isEqualTo(2);
    assertThat(resized.getDouble(0, 1, 0)).isNotEqualTo(values.getDouble(0, 1, 0));
  }
}
