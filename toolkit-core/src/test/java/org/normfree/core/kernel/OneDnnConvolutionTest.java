package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.core.kernel.TaskCheck.random;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv1D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv1DDerivative;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2DDerivative;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2DBp;

class OneDnnConvolutionTest {
  private static final TaskCheck CHECK = new TaskCheck(OneDnnConvolution::prepare);

  @BeforeAll
  static void needsTheLibrary() {
    TaskCheck.needsTheLibrary();
  }

  private static long[] image(long batch, long channels, long height, long width, boolean last) {
    return last
        ? new long[] {batch, height, width, channels}
        : new long[] {batch, channels, height, width};
  }

  private static long[] weights(int format, long out, long in, long height, long width) {
    return switch (format) {
      case 0 -> new long[] {height, width, in, out};
      case 1 -> new long[] {out, in, height, width};
      default -> new long[] {out, height, width, in};
    };
  }

  private static DynamicCustomOp op(DynamicCustomOp op, long... arguments) {
    op.addIArgument(arguments);
    return op;
  }

  private static void agree(
      DynamicCustomOp forward, DynamicCustomOp backward, INDArray x, INDArray w, INDArray bias) {
    List<INDArray> inputs = new ArrayList<>(List.of(x, w));
    if (bias != null) {
      inputs.add(bias);
    }
    INDArray y = CHECK.agrees(forward, inputs, null).get(0);
    inputs.add(random(9, y.shape()));
    CHECK.agrees(backward, inputs, inputs.subList(0, inputs.size() - 1));
  }

  @ParameterizedTest
  @CsvSource({
    // batch, in, out, height, width, kH, kW, stride, padding, dilation, mode
    "1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0",
    "2, 3, 5, 7, 6, 3, 3, 1, 0, 1, 0",
    "3, 3, 5, 7, 6, 3, 3, 1, 1, 1, 0",
    "5, 2, 7, 11, 13, 3, 2, 2, 1, 1, 0",
    "4, 1, 3, 9, 8, 2, 5, 1, 0, 1, 1",
    "3, 5, 2, 8, 7, 3, 3, 2, 0, 1, 1",
    "2, 17, 19, 9, 11, 3, 3, 1, 0, 2, 1",
    "2, 3, 4, 13, 10, 3, 2, 1, 2, 3, 0",
    "1, 16, 32, 5, 5, 1, 1, 1, 0, 1, 0",
    "7, 4, 4, 8, 8, 4, 4, 4, 0, 1, 0",
    "2, 3, 2, 7, 7, 1, 1, 2, 0, 1, 1"
  })
  void conv2dAgrees(
      long batch,
      long in,
      long out,
      long height,
      long width,
      long kH,
      long kW,
      long stride,
      long padding,
      long dilation,
      long mode) {
    for (boolean last : new boolean[] {false, true}) {
      for (int format = 0; format < 3; format++) {
        long[] arguments = {
          kH, kW, stride, stride, padding, padding, dilation, dilation, mode, last ? 1 : 0, format
        };
        agree(
            op(new Conv2D(), arguments),
            op(new Conv2DDerivative(), arguments),
            random(1, image(batch, in, height, width, last)),
            random(2, weights(format, out, in, kH, kW)),
            format == 0 ? random(3, out) : null);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 3, 1, 7, 6, 3, 3, 1, 0, 1, 0",
    "3, 5, 2, 8, 7, 3, 2, 2, 1, 1, 0",
    "1, 16, 1, 9, 9, 3, 3, 1, 0, 1, 1",
    "4, 2, 3, 9, 11, 3, 3, 1, 0, 2, 1"
  })
  void depthwiseConv2dAgrees(
      long batch,
      long in,
      long multiplier,
      long height,
      long width,
      long kH,
      long kW,
      long stride,
      long padding,
      long dilation,
      long mode) {
    for (boolean last : new boolean[] {false, true}) {
      for (int format = 0; format < 3; format++) {
        long[] arguments = {
          kH, kW, stride, stride, padding, padding, dilation, dilation, mode, last ? 1 : 0, format
        };
        agree(
            op(new DepthwiseConv2D(), arguments),
            op(new DepthwiseConv2DBp(), arguments),
            random(1, image(batch, in, height, width, last)),
            random(2, weights(format, multiplier, in, kH, kW)),
            format == 0 ? random(3, in * multiplier) : null);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 3, 5, 7, 3, 1, 0, 1, 0",
    "3, 1, 4, 11, 4, 2, 1, 1, 0",
    "5, 13, 2, 9, 3, 1, 0, 1, 1",
    "2, 4, 4, 10, 2, 1, 0, 3, 1",
    "2, 3, 5, 9, 3, 1, 0, 2, 2"
  })
  void conv1dAgrees(
      long batch,
      long in,
      long out,
      long width,
      long kernel,
      long stride,
      long padding,
      long dilation,
      long mode) {
    for (boolean last : new boolean[] {false, true}) {
      long[] arguments = {kernel, stride, padding, dilation, mode, last ? 1 : 0};
      long[] x = last ? new long[] {batch, width, in} : new long[] {batch, in, width};
      agree(
          op(new Conv1D(), arguments),
          op(new Conv1DDerivative(), arguments),
          random(1, x),
          random(2, kernel, in, out),
          last ? random(3, out) : null);
    }
  }

  @Test
  void leavesTheRestToOthers() {
    INDArray x = random(1, 2, 3, 5, 5);
    INDArray w = random(2, 3, 3, 3, 4);
    INDArray y = random(3, 2, 4, 3, 3);
    DynamicCustomOp conv = op(new Conv2D(), 3, 3, 1, 1, 0, 0, 1, 1, 0, 0, 0);
    assertThat(CHECK.prepare(conv, List.of(x, w), List.of(y), 2)).isPresent();
    List<INDArray> wide = List.of(x.castTo(DataType.DOUBLE), w.castTo(DataType.DOUBLE));
    assertThat(CHECK.prepare(conv, wide, List.of(y.castTo(DataType.DOUBLE)), 2)).isEmpty();
    DynamicCustomOp causal = op(new Conv2D(), 3, 3, 1, 1, 0, 0, 1, 1, 2, 0, 0);
    assertThat(CHECK.prepare(causal, List.of(x, w), List.of(y), 2)).isEmpty();
  }
}
