package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ConvolutionTest {
  /** Pads x and sums over taps and groups what a slice of x gives by a matrix product. */
  private static SDVariable twin(
      SameDiff sd, Map<String, SDVariable> v, long[] x, ConvolutionTerms terms) {
    int axes = terms.axes().size();
    long[][] padding = new long[axes + 2][2];
    for (int axis = 0; axis < axes; axis++) {
      WindowAxis a = terms.axes().get(axis);
      padding[axis + 1] = new long[] {a.before(), a.after()};
    }
    SDVariable padded =
        sd.nn().pad(v.get("x"), sd.constant(Nd4j.createFromArray(padding)), PadMode.CONSTANT, 0);
    long[] weight = v.get("weight").getShape();
    long in = weight[axes];
    long out = weight[axes + 1] / terms.groups();
    List<SDVariable> groups = new ArrayList<>();
    for (int group = 0; group < terms.groups(); group++) {
      SDVariable sum = null;
      for (long tap = 0;
          tap < Arrays.stream(weight).limit(axes).reduce(1, (a, b) -> a * b);
          tap++) {
        long[] begin = new long[axes + 2];
        long[] end = new long[axes + 2];
        long[] steps = new long[axes + 2];
        Arrays.fill(steps, 1);
        long[] shape = new long[axes + 2];
        shape[0] = x[0];
        end[0] = x[0];
        long rest = tap;
        long[] place = new long[axes];
        for (int axis = axes - 1; axis >= 0; axis--) {
          WindowAxis a = terms.axes().get(axis);
          place[axis] = rest % a.size();
          rest /= a.size();
          shape[axis + 1] = (x[axis + 1] + a.before() + a.after() - a.reach()) / a.stride() + 1;
          begin[axis + 1] = place[axis] * a.dilation();
          end[axis + 1] = begin[axis + 1] + (shape[axis + 1] - 1) * a.stride() + 1;
          steps[axis + 1] = a.stride();
        }
        begin[axes + 1] = group * in;
        end[axes + 1] = (group + 1) * in;
        shape[axes + 1] = in;
        long rows = Arrays.stream(shape).reduce(1, (a, b) -> a * b) / in;
        SDVariable seen = sd.stridedSlice(padded, begin, end, steps).reshape(rows, in);
        SDVariable w =
            sd.slice(
                    v.get("weight").reshape(-1, in, weight[axes + 1]),
                    new int[] {(int) tap, 0, (int) (group * out)},
                    1,
                    (int) in,
                    (int) out)
                .reshape(in, out);
        shape[axes + 1] = out;
        SDVariable product = seen.mmul(w).reshape(shape);
        sum = sum == null ? product : sum.add(product);
      }
      groups.add(sum);
    }
    SDVariable y =
        groups.size() == 1 ? groups.get(0) : sd.concat(axes + 1, groups.toArray(SDVariable[]::new));
    return v.containsKey("bias") ? y.add(v.get("bias")) : y;
  }

  private static void holds(ConvolutionTerms terms, long out, boolean bias, long... x)
      throws IOException {
    int axes = terms.axes().size();
    INDArray weight = random(2, 1, terms.weightShape(x[axes + 1], out));
    Map<String, INDArray> inputs = inputs("x", random(1, 1, x), "weight", weight);
    if (bias) {
      inputs.put("bias", random(3, 1, out));
    }
    new OpContract(
            inputs,
            (sd, v) ->
                axes == 1
                    ? Ops.of(sd)
                        .convolution1d(null, v.get("x"), v.get("weight"), v.get("bias"), terms)
                    : Ops.of(sd)
                        .convolution2d(null, v.get("x"), v.get("weight"), v.get("bias"), terms),
            (sd, v) -> twin(sd, v, x, terms),
            v -> new Convolution(terms, v.toArray(INDArray[]::new)),
            "normfree_convolution_gradient")
        .holds();
  }

  @ParameterizedTest
  @CsvSource({
    // batch, H, W, in, out, groups, size, stride, dilation, before, after, bias
    "2, 5, 7, 3, 5, 1, 3, 1, 1, 0, 0, true",
    "1, 7, 5, 2, 3, 1, 3, 2, 1, 1, 1, true",
    "2, 5, 6, 4, 6, 2, 2, 1, 2, 2, 0, false",
    "3, 7, 3, 3, 3, 3, 3, 1, 1, 1, 1, true",
    "2, 5, 3, 3, 6, 3, 3, 2, 1, 0, 3, false",
    "2, 3, 5, 3, 2, 1, 1, 1, 1, 0, 0, true",
    "2, 5, 7, 3, 2, 1, 2, 2, 1, 0, 0, false",
    "1, 4, 5, 2, 2, 1, 2, 3, 1, 0, 0, true",
    "1, 2, 2, 2, 3, 1, 5, 1, 1, 3, 2, false"
  })
  void holdsTheContractForImages(
      long batch,
      long height,
      long width,
      long in,
      long out,
      long groups,
      long size,
      long stride,
      long dilation,
      long before,
      long after,
      boolean bias)
      throws IOException {
    ConvolutionTerms terms =
        ConvolutionTerms.image(size)
            .stride(stride)
            .dilation(dilation)
            .padding(before, after)
            .groups(groups);
    holds(terms, out, bias, batch, height, width, in);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 11, 3, 5, 1, 3, 1, 1, 0, 0, true",
    "3, 7, 4, 6, 2, 2, 2, 1, 1, 0, false",
    "2, 5, 3, 3, 3, 3, 1, 2, 4, 0, true",
    "2, 9, 2, 3, 1, 10, 5, 1, 3, 0, false"
  })
  void holdsTheContractForSequences(
      long batch,
      long time,
      long in,
      long out,
      long groups,
      long size,
      long stride,
      long dilation,
      long before,
      long after,
      boolean bias)
      throws IOException {
    ConvolutionTerms terms =
        ConvolutionTerms.sequence(size)
            .stride(stride)
            .dilation(dilation)
            .padding(before, after)
            .groups(groups);
    holds(terms, out, bias, batch, time, in);
  }

  @Test
  void theTwoAxesAreApart() throws IOException {
    WindowAxis height = new WindowAxis(3, 2, 1, 0, 2);
    WindowAxis width = new WindowAxis(2, 1, 3, 1, 0);
    holds(new ConvolutionTerms(List.of(height, width), 2), 4, true, 2, 5, 7, 6);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 17})
  void aCausalConvolutionSeesNoFuture(long time) {
    SplittableRandom random = new SplittableRandom(4);
    long dilation = 2;
    ConvolutionTerms terms = ConvolutionTerms.sequence(4).dilation(dilation).causal().groups(3);
    INDArray x = random(1, 1, 2, time, 3);
    INDArray w = random(2, 1, 4, 1, 3);
    INDArray y = Nd4j.exec(new Convolution(terms, x, w))[0];
    assertThat(y.shape()).containsExactly(2, time, 3);
    for (int check = 0; check < 20; check++) {
      long n = random.nextInt(2);
      long t = random.nextLong(time);
      long c = random.nextInt(3);
      double sum = 0;
      for (int j = 0; j < 4; j++) {
        long at = t - (3 - j) * dilation; // the last tap is the present
        sum += at < 0 ? 0 : x.getDouble(n, at, c) * w.getDouble(j, 0, c);
      }
      assertThat(Math.abs(y.getDouble(n, t, c) - sum)).isLessThan(1e-12);
    }
  }

  /**
   * Random windows of up to five taps, FLOAT by whatever kernel against DOUBLE by the reference.
   */
  @Test
  void everyKindOfWindowAgreesInFloat() {
    SplittableRandom random = new SplittableRandom(20261125);
    for (int i = 0; i < 150; i++) {
      int axes = 1 + random.nextInt(2);
      List<WindowAxis> window = new ArrayList<>();
      long[] x = new long[axes + 2];
      x[0] = 1L + random.nextInt(4);
      for (int axis = 0; axis < axes; axis++) {
        long size = 1L + random.nextInt(5);
        WindowAxis a =
            new WindowAxis(
                size,
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                random.nextInt(6),
                random.nextInt(6));
        window.add(a);
        x[axis + 1] = Math.max(1, a.reach() - a.before() - a.after()) + random.nextInt(12);
      }
      long groups = new long[] {1, 1, 2, 3, 16, 17}[random.nextInt(6)];
      x[axes + 1] = groups * (1 + random.nextInt(groups > 3 ? 2 : 9));
      long out = groups * (1 + random.nextInt(groups > 3 ? 2 : 9));
      ConvolutionTerms terms = new ConvolutionTerms(window, groups);
      SameDiff wide = graph(DataType.DOUBLE, terms, out, x);
      SameDiff narrow = graph(DataType.FLOAT, terms, out, x);
      String what = terms + " of " + Arrays.toString(x) + " to " + out;
      assertClose(what, narrow.outputSingle(Map.of(), "y"), wide.outputSingle(Map.of(), "y"), 1e-5);
      String[] names = {"x", "weight", "bias"};
      Map<String, INDArray> expected = wide.calculateGradients(Map.of(), names);
      Map<String, INDArray> actual = narrow.calculateGradients(Map.of(), names);
      for (String name : names) {
        assertClose(name + ", " + what, actual.get(name), expected.get(name), 1e-5);
      }
    }
  }

  private static SameDiff graph(DataType type, ConvolutionTerms terms, long out, long... x) {
    SameDiff sd = SameDiff.create();
    int axes = terms.axes().size();
    SDVariable in = sd.var("x", random(1, 1, x).castTo(type));
    SDVariable weight =
        sd.var("weight", random(2, 1, terms.weightShape(x[axes + 1], out)).castTo(type));
    SDVariable bias = sd.var("bias", random(3, 1, out).castTo(type));
    SDVariable y =
        axes == 1
            ? Ops.of(sd).convolution1d("y", in, weight, bias, terms)
            : Ops.of(sd).convolution2d("y", in, weight, bias, terms);
    long[] shape = sd.outputSingle(Map.of(), "y").shape();
    y.mul(sd.constant("weights", random(99, 1, shape).castTo(type))).sum("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    Ops ops = Ops.of(sd);
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 5, 7, 6);
    SDVariable weight = sd.var("weight", Nd4j.ones(DataType.FLOAT, 3, 3, 6, 4));
    ConvolutionTerms terms = ConvolutionTerms.image(3);
    refused(
        () -> ops.convolution2d("y", x, weight, null, terms.groups(2)),
        "weight has shape [3, 3, 6, 4], expected [3, 3, 3, -1]");
    refused(
        () -> ops.convolution2d("y", x, weight, null, terms.groups(4)), "4 groups", "6 channels");
    SDVariable third = sd.var("third", Nd4j.ones(DataType.FLOAT, 3, 3, 2, 4));
    refused(
        () -> ops.convolution2d("y", x, third, null, terms.groups(3)), "3 groups", "4 channels");
    refused(
        () -> ops.convolution2d("y", x, weight, null, terms.dilation(3)),
        "reaches over 7 inputs",
        "height of x is 5");
    refused(
        () -> ops.convolution2d("y", x, weight, sd.var(Nd4j.ones(DataType.FLOAT, 5)), terms),
        "bias has shape [5], expected [4]");
    refused(
        () -> ops.convolution1d("y", x, weight, null, ConvolutionTerms.sequence(3)),
        "x has shape [-1, 5, 7, 6], expected [batch, time, channels]");
    refused(() -> ops.convolution1d("y", x, weight, null, terms), "along 2 axes", "convolution2d");
    refused(() -> terms.stride(0), "stride", "is 0");
    refused(() -> terms.padding(-1), "padding before", "is -1");
    refused(() -> terms.groups(0), "0 groups");
    refused(() -> terms.groups(4).weightShape(6, 4), "4 groups", "6 channels in and 4 out");
  }

  private static void refused(Runnable attempt, String... words) {
    assertThatThrownBy(attempt::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void aFreeBatchKeepsTheOtherSizesKnown() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 9, 7, 2);
    SDVariable weight = sd.var("weight", Nd4j.ones(DataType.FLOAT, 3, 3, 2, 4));
    ConvolutionTerms terms = ConvolutionTerms.image(3).stride(2);
    SDVariable y = Ops.of(sd).convolution2d("y", x, weight, null, terms);
    SDVariable next = sd.var("next", Nd4j.ones(DataType.FLOAT, 5, 5, 4, 1));
    // [-1, 4, 3, 4]
    refused(
        () -> Ops.of(sd).convolution2d("z", y, next, null, ConvolutionTerms.image(5)),
        "height of x is 4");
  }
}
