package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Convolution of images or sequences, channels last, dense, grouped or depthwise:
 *
 * <pre>
 * y[n, i, o] = b[o] + Σ_j Σ_c x[n, i·stride − before + j·dilation, group(o)·in/groups + c]·W[j, c, o]
 * </pre>
 *
 * <p>i and j along height and width or along time; zeros outside of x; as everywhere in this field
 * the window is not turned around. x is [batch, H, W, in] or [batch, T, in]; W is [kH, kW,
 * in/groups, out] or [k, in/groups, out]; b is [out] or missing.
 */
public class Convolution extends NormfreeOp {
  /** For cloning and loading. */
  public Convolution() {}

  /**
   * In a graph; use {@link Ops#convolution2d} or {@link Ops#convolution1d}, which check the inputs
   * first.
   *
   * @param sd the graph
   * @param terms how the window moves
   * @param inputs x, W and, if there is one, b
   */
  public Convolution(SameDiff sd, ConvolutionTerms terms, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param terms how the window moves
   * @param inputs x, W and, if there is one, b
   */
  public Convolution(ConvolutionTerms terms, INDArray... inputs) {
    super(inputs);
    terms.describe(this);
  }

  /** How the window moves. */
  public final ConvolutionTerms terms() {
    return ConvolutionTerms.of(this);
  }

  @Override
  public String opName() {
    return "normfree_convolution";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    ConvolutionTerms terms = terms();
    int axes = terms.axes().size();
    long[] x = shapes.get(0);
    long[] weight = shapes.get(1);
    if (x != null) {
      requireImage(x, axes);
      for (int axis = 0; axis < axes; axis++) {
        terms.axes().get(axis).requireFits(this, axisName(axis, axes), x[axis + 1]);
      }
    }
    if (weight == null) {
      return;
    }
    long in = x == null ? -1 : x[axes + 1];
    long out = weight[weight.length - 1];
    if (in >= 0 && in % terms.groups() != 0) {
      throw wrong(
          "%d groups do not divide the %d channels of x %s; choose a divisor",
          terms.groups(), in, text(x));
    }
    long[] expected = new long[axes + 2];
    for (int axis = 0; axis < axes; axis++) {
      expected[axis] = terms.axes().get(axis).size();
    }
    expected[axes] = in < 0 ? -1 : in / terms.groups();
    expected[axes + 1] = -1;
    if (!fits(weight, expected)) {
      throw wrong(
          "weight has shape %s, expected %s, -1 for any, for x %s in %d groups; weights are"
              + " [window..., in/groups, out]",
          text(weight), text(expected), text(x), terms.groups());
    }
    if (out >= 0 && out % terms.groups() != 0) {
      throw wrong(
          "%d groups do not divide the %d channels that weight %s gives; choose a divisor",
          terms.groups(), out, text(weight));
    }
    if (shapes.size() > 2) {
      long[] bias = shapes.get(2);
      if (bias != null && (bias.length != 1 || (out >= 0 && bias[0] != out))) {
        throw wrong(
            "bias has shape %s, expected [%d] for weight %s; pass a vector of that length",
            text(bias), out, text(weight));
      }
    }
  }

  private void requireImage(long[] x, int axes) {
    if (x.length != axes + 2) {
      throw wrong(
          "x has shape %s, expected [batch, %s, channels]; channels are the last axis",
          text(x), axes == 2 ? "height, width" : "time");
    }
  }

  private static String axisName(int axis, int axes) {
    if (axes == 1) {
      return "time";
    }
    return axis == 0 ? "height" : "width";
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(terms().outputs(shapes.get(0), shapes.get(1)));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    ConvolutionTerms terms = terms();
    INDArray columns = columns(Taps.of(terms.plane(), inputs.get(0), 0));
    INDArray weight = inputs.get(1);
    INDArray y = rows(outputs.get(0));
    for (int group = 0; group < terms.groups(); group++) {
      INDArray product =
          Nd4j.matmul(
              ofGroup(columns, group, terms),
              weightOfGroup(weight, group, terms),
              false,
              false,
              false);
      part(y, group, terms).assign(product);
    }
    if (inputs.size() > 2) {
      y.addiRowVector(inputs.get(2));
    }
  }

  /** What each tap sees, [taps, outputs, in]. */
  static INDArray columns(Taps taps) {
    INDArray columns =
        Nd4j.createUninitialized(
            taps.padded().dataType(), taps.count(), taps.outputs(), taps.padded().size(3));
    for (int tap = 0; tap < taps.count(); tap++) {
      INDArray seen = taps.at(tap);
      columns.slice(tap).assign(seen.reshape('c', seen.length() / seen.size(3), seen.size(3)));
    }
    return columns;
  }

  /** A group's channels of {@link #columns}, a row an output: [outputs, taps·in/groups]. */
  static INDArray ofGroup(INDArray columns, int group, ConvolutionTerms terms) {
    INDArray ofGroup = part(columns, group, terms);
    return ofGroup
        .permute(1, 0, 2)
        .dup('c')
        .reshape('c', ofGroup.size(1), ofGroup.size(0) * ofGroup.size(2));
  }

  /** A group's weights as a matrix, [taps·in/groups, out/groups]. */
  static INDArray weightOfGroup(INDArray weight, int group, ConvolutionTerms terms) {
    long out = weight.size(weight.rank() - 1);
    return part(weight.reshape('c', weight.length() / out, out), group, terms).dup('c');
  }

  /** A group's share of the last axis, a view. */
  static INDArray part(INDArray array, int group, ConvolutionTerms terms) {
    if (terms.groups() == 1) {
      return array;
    }
    long size = array.size(array.rank() - 1) / terms.groups();
    var mine = NDArrayIndex.interval(group * size, (group + 1) * size);
    return array.rank() == 2
        ? array.get(NDArrayIndex.all(), mine)
        : array.get(NDArrayIndex.all(), NDArrayIndex.all(), mine);
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new ConvolutionGradient(
                sameDiff, terms(), args().length > 2, arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }

  /** Where the window is one input, a matrix product over all rows. */
  @Override
  public boolean lower(Steps steps) {
    if (!terms().isPoint()) {
      return false;
    }
    Steps.Array x = steps.input(0);
    Steps.Array weight = steps.input(1).matrix();
    boolean bias = steps.inputs() > 2;
    MatrixProduct product = new MatrixProduct(false, false, bias, false);
    Steps.Array y =
        bias
            ? steps.compute(product, x.matrix(), weight, steps.input(2))
            : steps.compute(product, x.matrix(), weight);
    steps.result(0, y.reshaped(terms().outputs(x.shape(), steps.input(1).shape())));
    return true;
  }
}
