package org.normfree.core.kernel;

import static org.normfree.core.kernel.TaskCheck.random;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.ops.transforms.Transforms;

class OneDnnPoolingTest {
  private static final TaskCheck CHECK = new TaskCheck(OneDnnPooling::prepare);

  @BeforeAll
  static void needsTheLibrary() {
    TaskCheck.needsTheLibrary();
  }

  private static DynamicCustomOp op(String name, long... arguments) {
    DynamicCustomOp op = DynamicCustomOp.builder(name).build();
    op.addIArgument(arguments);
    return op;
  }

  @ParameterizedTest
  @CsvSource({
    // batch, channels, height, width, kH, kW, stride, padding, mode
    "1, 1, 1, 1, 1, 1, 1, 0, 0",
    "2, 3, 7, 6, 2, 2, 2, 0, 0",
    "3, 5, 7, 9, 3, 2, 1, 0, 0",
    "4, 17, 8, 8, 3, 3, 2, 1, 0",
    "2, 3, 7, 8, 3, 3, 2, 0, 1",
    "5, 2, 5, 11, 2, 5, 1, 0, 1"
  })
  void poolingAgrees(
      long batch,
      long channels,
      long height,
      long width,
      long kH,
      long kW,
      long stride,
      long padding,
      long mode) {
    for (String name : List.of("maxpool2d", "avgpool2d")) {
      for (boolean last : new boolean[] {false, true}) {
        for (long includePadding = 0; includePadding < 2; includePadding++) {
          long[] shape =
              last
                  ? new long[] {batch, height, width, channels}
                  : new long[] {batch, channels, height, width};
          long[] arguments = {
            kH, kW, stride, stride, padding, padding, 1, 1, mode, includePadding, last ? 1 : 0
          };
          // as behind a ReLU: many equal numbers, of which the first is the maximum
          INDArray x = Transforms.relu(random(1, shape));
          INDArray y = CHECK.agrees(op(name, arguments), List.of(x), null).get(0);
          CHECK.agrees(op(name + "_bp", arguments), List.of(x, random(2, y.shape())), List.of(x));
        }
      }
    }
  }
}
