package org.normfree.core.op;

import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.random;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/** The ops' forward pass at random shapes, up to five axes, against plain Java loops. */
class RandomShapesTest {
  private static final double EPSILON = 1e-5;
  private static final double ALPHA = 0.7;
  private static final double DEEP_ALPHA = 1.8;

  @Provide
  Arbitrary<long[]> shapes() {
    Arbitrary<Long> odd = Arbitraries.of(1L, 2L, 3L, 5L, 7L);
    Arbitrary<Long> width = Arbitraries.of(1L, 2L, 3L, 7L, 13L, 17L, 31L, 64L);
    Arbitrary<List<Long>> leading = odd.list().ofMinSize(0).ofMaxSize(4);
    return leading.flatMap(
        axes ->
            width.map(
                last -> {
                  long[] shape = new long[axes.size() + 1];
                  Arrays.setAll(shape, i -> i < axes.size() ? axes.get(i) : last);
                  return shape;
                }));
  }

  /** The affine parameters and a branch for an x of the given shape. */
  private record Case(INDArray x, INDArray branch, INDArray gain, INDArray bias) {
    static Case of(long[] shape) {
      long width = shape[shape.length - 1];
      return new Case(
          random(1, 2, shape), random(2, 2, shape), random(3, 2, width), random(4, 2, width));
    }

    Case cast(DataType type) {
      return new Case(x.castTo(type), branch.castTo(type), gain.castTo(type), bias.castTo(type));
    }

    /** {@code gain·row(x) + bias}, row by row. */
    INDArray byRows(INDArray input, UnaryOperator<double[]> row, boolean biased) {
      double[] in = input.data().asDouble();
      double[] out = new double[in.length];
      int width = (int) gain.length();
      for (int start = 0; start < in.length; start += width) {
        double[] y = row.apply(Arrays.copyOfRange(in, start, start + width));
        for (int j = 0; j < width; j++) {
          out[start + j] = gain.getDouble(j) * y[j] + (biased ? bias.getDouble(j) : 0);
        }
      }
      return Nd4j.createFromArray(out).reshape(input.shape());
    }
  }

  private static double[] normalized(double[] x, boolean centred) {
    double mean = centred ? Arrays.stream(x).average().orElseThrow() : 0;
    double square = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    return Arrays.stream(x).map(v -> (v - mean) / Math.sqrt(square + EPSILON)).toArray();
  }

  @Property(tries = 40, seed = "20261123")
  void dyt(@ForAll("shapes") long[] shape) {
    Case c = Case.of(shape);
    INDArray expected =
        c.byRows(c.x, x -> Arrays.stream(x).map(v -> Math.tanh(ALPHA * v)).toArray(), true);
    agrees(
        c,
        expected,
        d ->
            new DynamicActivation(
                Squash.TANH,
                d.x,
                Nd4j.createFromArray(ALPHA).castTo(d.x.dataType()),
                null,
                d.gain,
                d.bias));
  }

  @Property(tries = 40, seed = "20261123")
  void layerNorm(@ForAll("shapes") long[] shape) {
    Case c = Case.of(shape);
    INDArray expected = c.byRows(c.x, x -> normalized(x, true), true);
    agrees(c, expected, d -> new LayerNorm(d.x, d.gain, d.bias, EPSILON));
  }

  @Property(tries = 40, seed = "20261123")
  void deepNorm(@ForAll("shapes") long[] shape) {
    Case c = Case.of(shape);
    INDArray sum = c.x.mul(DEEP_ALPHA).add(c.branch);
    INDArray expected = c.byRows(sum, x -> normalized(x, true), true);
    agrees(c, expected, d -> new DeepNorm(d.x, d.branch, DEEP_ALPHA, d.gain, d.bias, EPSILON));
  }

  @Property(tries = 40, seed = "20261123")
  void rmsNorm(@ForAll("shapes") long[] shape) {
    Case c = Case.of(shape);
    INDArray expected = c.byRows(c.x, x -> normalized(x, false), false);
    agrees(c, expected, d -> new RmsNorm(d.x, d.gain, EPSILON));
  }

  private interface Op {
    NormfreeOp of(Case arrays);
  }

  private static void agrees(Case c, INDArray expected, Op op) {
    assertClose("DOUBLE", Nd4j.exec(op.of(c))[0], expected, 1e-12);
    Case floats = c.cast(DataType.FLOAT);
    assertClose("FLOAT", Nd4j.exec(op.of(floats))[0], expected, 1e-5);
    assertClose("FLOAT, no kernel", reference(op.of(floats)), expected, 1e-5);
  }

  private static INDArray reference(NormfreeOp op) {
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setInputArrays(op.inputArguments());
    context.setOutputArrays(Nd4j.create(op.calculateOutputShape().get(0)));
    return op.execute(context, NormfreeOp.Shortcut.NONE)[0];
  }
}
