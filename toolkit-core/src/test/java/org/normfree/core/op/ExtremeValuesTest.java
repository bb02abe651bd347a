package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Values at the ends of the number range, by the kernel in FLOAT and by the reference arithmetic in
 * both types: the same results, finite where mathematics says so.
 */
class ExtremeValuesTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  /** Who computes. */
  enum Way {
    KERNEL(DataType.FLOAT),
    SINGLE(DataType.FLOAT),
    DOUBLE(DataType.DOUBLE);

    private final DataType type;

    Way(DataType type) {
      this.type = type;
    }

    INDArray row(double... values) {
      return Nd4j.createFromArray(values).castTo(type).reshape(1, values.length);
    }

    double[][] run(NormfreeOp op, INDArray... inputs) {
      for (INDArray input : inputs) {
        op.addInputArgument(input);
      }
      OpContext context = Nd4j.getExecutioner().buildContext();
      context.setInputArrays(inputs);
      context.setOutputArrays(
          op.shapes(Stream.of(inputs).map(INDArray::shape).toList()).stream()
              .map(shape -> Nd4j.create(type, shape))
              .toArray(INDArray[]::new));
      INDArray[] outputs =
          this == KERNEL
              ? Nd4j.getExecutioner().exec(op, context)
              : op.execute(context, NormfreeOp.Shortcut.NONE);
      return Stream.of(outputs).map(o -> o.data().asDouble()).toArray(double[][]::new);
    }
  }

  private static void are(String what, double[] actual, double... expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      if (Double.isFinite(expected[i])) {
        double size = Math.max(1e-30, Math.abs(expected[i]));
        assertThat(actual[i]).as("%s: %s", what, i).isCloseTo(expected[i], within(2e-6 * size));
      } else {
        assertThat(actual[i]).as("%s: %s", what, i).isEqualTo(Double.valueOf(expected[i]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLogitOfMinusInfinityHasTheProbabilityZero(Way way) {
    double half = Math.log(2);
    INDArray logits = way.row(3, -INFINITE, 3);
    INDArray g = Nd4j.createFromArray(2.0).castTo(way.type);
    are("target", way.run(new SoftmaxCrossEntropy(), logits, way.row(1, 0, 0))[0], half);
    are("no target", way.run(new SoftmaxCrossEntropy(), logits, way.row(0, 1, 0))[0], INFINITE);
    double[][] back = way.run(new SoftmaxCrossEntropyGradient(), logits, way.row(0.25, 0, 0.75), g);
    are("dlogits", back[0], 0.5, 0, -0.5);
    are("dlabels", back[1], 2 * half, INFINITE, 2 * half);
    INDArray none = Nd4j.createFromArray(0.0).castTo(way.type);
    are(
        "nothing upstream",
        way.run(new SoftmaxCrossEntropyGradient(), logits, way.row(0.25, 0, 0.75), none)[1],
        0,
        0,
        0);
    are(
        "target -∞",
        way.run(new SoftmaxCrossEntropyGradient(), logits, way.row(0, 1, 0), g)[0],
        1,
        -2,
        1);
  }

  private static double[] sparse(Way way, double smoothing, int target, double... logits) {
    NormfreeOp op = new SparseCrossEntropy();
    op.addTArgument(smoothing);
    return way.run(op, way.row(logits), Nd4j.createFromArray(target))[0];
  }

  private static double[] sparseGradient(Way way, double smoothing, int target, double... logits) {
    NormfreeOp op = new SparseCrossEntropyGradient();
    op.addTArgument(smoothing);
    INDArray g = Nd4j.createFromArray(2.0).castTo(way.type);
    return way.run(op, way.row(logits), Nd4j.createFromArray(target), g)[0];
  }

  @ParameterizedTest
  @EnumSource
  void soItHasForClassNumbers(Way way) {
    double[] logits = {3, -INFINITE, 3};
    are("a finite target", sparse(way, 0, 0, logits), Math.log(2));
    are("an impossible one", sparse(way, 0, 1, logits), INFINITE);
    are("smoothing wants all", sparse(way, 0.3, 0, logits), INFINITE);
    are("gradient", sparseGradient(way, 0, 0, logits), -1, 0, 1);
    are("gradient, impossible", sparseGradient(way, 0, 1, logits), 1, -2, 1);
    are("gradient, smoothed", sparseGradient(way, 0.3, 0, logits), -0.6, -0.2, 0.8);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotDefinedIsNotANumber(Way way) {
    INDArray g = Nd4j.createFromArray(2.0).castTo(way.type);
    for (double[] logits :
        List.of(
            new double[] {-INFINITE, -INFINITE},
            new double[] {0, INFINITE},
            new double[] {NAN, 0},
            new double[] {0, NAN})) {
      String what = Arrays.toString(logits);
      INDArray labels = way.row(0, 1);
      are(what, way.run(new SoftmaxCrossEntropy(), way.row(logits), labels)[0], NAN);
      double[][] back = way.run(new SoftmaxCrossEntropyGradient(), way.row(logits), labels, g);
      are(what, back[0], NAN, NAN);
      are(what, sparse(way, 0, 1, logits), NAN);
      are(what, sparse(way, 0.1, 0, logits), NAN);
      are(what, sparseGradient(way, 0, 1, logits), NAN, NAN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everySquashReachesItsLimits(Way way) {
    double[] sizes =
        way.type == DataType.FLOAT
            ? new double[] {30, 2e19, 1e25, 3e38}
            : new double[] {30, 2e19, 1e160, 1e300};
    for (Squash squash : Squash.values()) {
      if (squash == Squash.IDENTITY) {
        continue;
      }
      for (double size : sizes) {
        String what = squash + " at " + size;
        INDArray x = way.row(size, -size);
        NormfreeOp forward = new DynamicActivation();
        forward.addIArgument(squash.code(), 0);
        double[] y = way.run(forward, x)[0];
        NormfreeOp back = new DynamicActivationGradient();
        back.addIArgument(squash.code(), 0);
        double[] dx = way.run(back, x, way.row(1, 1))[0];
        double near = size > 1e3 ? 1e-6 : 0.035; // softsign has 1/31 to go
        assertThat(y[0]).as(what).isCloseTo(1, within(near));
        assertThat(y[1]).as(what).isCloseTo(squash == Squash.SIGMOID ? 0 : -1, within(near));
        assertThat(dx[0]).as(what).isCloseTo(0, within(near));
        assertThat(dx[1]).as(what).isCloseTo(0, within(near));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsWhoseSquaresOverflowAreNormalized(Way way) {
    for (double size :
        way.type == DataType.FLOAT ? new double[] {1e20, 1e35} : new double[] {1e200}) {
      INDArray x = way.row(size, -size, 3 * size, -3 * size, 0);
      INDArray ones = way.row(1, 1, 1, 1, 1).reshape(5);
      INDArray zeros = way.row(0, 0, 0, 0, 0).reshape(5);
      double unit = 0.5; // the mean square is 4·size²
      double[] expected = {unit, -unit, 3 * unit, -3 * unit, 0};
      NormfreeOp layer = new LayerNorm();
      layer.addTArgument(1e-5);
      are("layer norm", way.run(layer, x, ones, zeros)[0], expected);
      NormfreeOp rms = new RmsNorm();
      rms.addTArgument(1e-5);
      are("RMS norm", way.run(rms, x, ones)[0], expected);
      NormfreeOp gradient = new RmsNormGradient();
      gradient.addTArgument(1e-5);
      double[] dx = way.run(gradient, x, ones, way.row(1, 0, 0, 0, 0))[0];
      double r = unit / size;
      // r·(G − x̂·mean(G·x̂)), mean(G·x̂) = 0.1
      if (r > 1e-37) {
        are("gradient", dx, r * 0.95, r * 0.05, -r * 0.15, r * 0.15, 0);
      }
    }
  }
}
