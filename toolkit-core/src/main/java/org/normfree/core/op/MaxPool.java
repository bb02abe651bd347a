package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The largest number that a window sees of each channel: {@code y[n, i, c] = max_j x[n, i·stride −
 * before + j·dilation, c]}, −∞ outside of x, NaN where the window sees one.
 *
 * <p>x is [batch, H, W, C].
 */
public class MaxPool extends NormfreeOp {
  /** For cloning and loading. */
  public MaxPool() {}

  /**
   * In a graph; use {@link Ops#maxPool2d}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [batch, H, W, C]
   * @param height how the window moves down
   * @param width how it moves to the right
   */
  public MaxPool(SameDiff sd, SDVariable x, WindowAxis height, WindowAxis width) {
    super(sd, x);
    describe(this, height, width);
  }

  /**
   * On an array, for {@code Nd4j.exec}.
   *
   * @param x [batch, H, W, C]
   * @param height how the window moves down
   * @param width how it moves to the right
   */
  public MaxPool(INDArray x, WindowAxis height, WindowAxis width) {
    super(new INDArray[] {x});
    describe(this, height, width);
  }

  static void describe(NormfreeOp op, WindowAxis height, WindowAxis width) {
    op.addIArgument(height.numbers());
    op.addIArgument(width.numbers());
  }

  /** How the window of a max-pooling or its gradient moves, along height and width. */
  static List<WindowAxis> plane(NormfreeOp op) {
    return List.of(WindowAxis.of(op.iArgs(), 0), WindowAxis.of(op.iArgs(), WindowAxis.NUMBERS));
  }

  /** How the window moves, along height and width. */
  public final List<WindowAxis> plane() {
    return plane(this);
  }

  @Override
  public String opName() {
    return "normfree_max_pool";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    if (x == null) {
      return;
    }
    if (x.length != 4) {
      throw wrong(
          "x has shape %s, expected [batch, height, width, channels]; channels are the last axis",
          text(x));
    }
    requireSomethingSeen("height", plane().get(0), x[1]);
    requireSomethingSeen("width", plane().get(1), x[2]);
  }

  /** A window that sees padding alone has no largest number. */
  private void requireSomethingSeen(String name, WindowAxis axis, long length) {
    axis.requireFits(this, name, length);
    long outside = axis.firstOutside(length);
    if (outside >= 0) {
      throw wrong(
          "window %d along the %s of %d sees padding alone (%s); pad less",
          outside, name, length, axis);
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] y = shapes.get(0).clone();
    y[1] = plane().get(0).outputs(y[1]);
    y[2] = plane().get(1).outputs(y[2]);
    return List.of(y);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    outputs.get(0).assign(Winners.of(plane(), inputs.get(0)).values());
  }

  /**
   * What won each window: the first of the largest, row by row; NaN counts as the largest.
   *
   * @param values [batch, rows, columns, channels] of the result
   * @param taps at which tap of the window, in numbers of the same type
   */
  record Winners(INDArray values, INDArray taps) {
    static Winners of(List<WindowAxis> plane, INDArray x) {
      Taps seen = Taps.of(plane, x, Double.NEGATIVE_INFINITY);
      Taps inside = Taps.of(plane, Nd4j.onesLike(x), 0);
      DataType type = x.dataType();
      INDArray values = null;
      INDArray taps = null;
      for (int tap = 0; tap < seen.count(); tap++) {
        INDArray here = seen.at(tap).dup('c');
        if (values == null) {
          values = Nd4j.valueArrayOf(here.shape(), Double.NEGATIVE_INFINITY, type);
          taps = Nd4j.valueArrayOf(here.shape(), -1.0, type);
        }
        INDArray none = taps.lt(0).castTo(type);
        INDArray larger = here.gt(values).castTo(type);
        INDArray firstNan = here.isNaN().castTo(type).mul(values.isNaN().castTo(type).rsub(1));
        INDArray wins = none.add(larger).add(firstNan).mul(inside.at(tap)).gt(0);
        values = select(wins, here, values);
        taps = select(wins, Nd4j.valueArrayOf(here.shape(), (double) tap, type), taps);
      }
      return new Winners(values, taps);
    }

    /** The upstream gradient where a tap won, 0 elsewhere. */
    INDArray where(int tap, INDArray upstream) {
      return select(taps.eq(tap), upstream, upstream.like());
    }

    private static INDArray select(INDArray condition, INDArray yes, INDArray no) {
      return Nd4j.exec(DynamicCustomOp.builder("select").addInputs(condition, yes, no).build())[0];
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new MaxPoolGradient(sameDiff, plane(), arg(0), gradients.get(0)).outputVariables());
  }
}
