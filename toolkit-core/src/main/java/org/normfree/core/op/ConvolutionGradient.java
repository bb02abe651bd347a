package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient of {@link Convolution}:
 *
 * <pre>
 * dx[n, i·stride − before + j·dilation, c] += Σ_o G[n, i, o]·W[j, c, o]
 * dW[j, c, o] = Σ_n Σ_i x[n, i·stride − before + j·dilation, c]·G[n, i, o]
 * db[o] = Σ_n Σ_i G[n, i, o]
 * </pre>
 *
 * <p>Inputs: x, W, G. Outputs: dx, dW and, if there is a bias, db; or one of the first two alone.
 */
public class ConvolutionGradient extends GradientOp {
  // numbers of the boolean arguments
  private static final int BIASED = 0;
  private static final int INPUT_ONLY = 1;
  private static final int WEIGHT_ONLY = 2;

  /** For cloning and loading. */
  public ConvolutionGradient() {}

  ConvolutionGradient(SameDiff sd, ConvolutionTerms terms, boolean bias, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
    addBArgument(bias, false, false);
  }

  private ConvolutionGradient(ConvolutionTerms terms, boolean toInput) {
    terms.describe(this);
    addBArgument(false, toInput, !toInput);
  }

  /** How the window moves. */
  public final ConvolutionTerms terms() {
    return ConvolutionTerms.of(this);
  }

  /** Number of the output that is dx; -1 if it is not computed. */
  public final int toInput() {
    return bArgs()[WEIGHT_ONLY] ? -1 : 0;
  }

  /** Number of the output that is dW; -1 if it is not computed. */
  public final int toWeight() {
    if (bArgs()[INPUT_ONLY]) {
      return -1;
    }
    return bArgs()[WEIGHT_ONLY] ? 0 : 1;
  }

  /** Number of the output that is db; -1 if it is not computed. */
  public final int toBias() {
    return bArgs()[BIASED] ? 2 : -1;
  }

  @Override
  public String opName() {
    return "normfree_convolution_gradient";
  }

  @Override
  public int getNumOutputs() {
    return (int) IntStream.of(toInput(), toWeight(), toBias()).filter(i -> i >= 0).count();
  }

  @Override
  protected void check(List<long[]> shapes) {}

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] weight = shapes.get(1);
    List<long[]> all = List.of(shapes.get(0), weight, new long[] {weight[weight.length - 1]});
    if (getNumOutputs() == 1) {
      return List.of(all.get(toInput() == 0 ? 0 : 1));
    }
    return all.subList(0, getNumOutputs());
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    if (toInput() >= 0) {
      toInput(inputs.get(0), inputs.get(1), rows(inputs.get(2)), outputs.get(toInput()));
    }
    if (toWeight() >= 0) {
      toWeight(inputs.get(0), rows(inputs.get(2)), outputs.get(toWeight()));
    }
    if (toBias() >= 0) {
      outputs.get(toBias()).assign(rows(inputs.get(2)).sum(0));
    }
  }

  private void toInput(INDArray x, INDArray weight, INDArray upstream, INDArray dx) {
    ConvolutionTerms terms = terms();
    Taps taps = Taps.zeros(terms.plane(), x);
    long[] shape = {taps.count(), taps.outputs(), taps.padded().size(3)};
    INDArray columns = Nd4j.createUninitialized(x.dataType(), shape);
    for (int group = 0; group < terms.groups(); group++) {
      INDArray product =
          Nd4j.matmul(
              Convolution.part(upstream, group, terms).dup('c'),
              Convolution.weightOfGroup(weight, group, terms),
              false,
              true,
              false);
      long in = shape[2] / terms.groups();
      INDArray byTap = product.dup('c').reshape('c', shape[1], shape[0], in).permute(1, 0, 2);
      Convolution.part(columns, group, terms).assign(byTap);
    }
    for (int tap = 0; tap < taps.count(); tap++) {
      INDArray seen = taps.at(tap);
      seen.addi(columns.slice(tap).reshape('c', seen.shape()));
    }
    Taps.image(dx).assign(taps.inner());
  }

  private void toWeight(INDArray x, INDArray upstream, INDArray dweight) {
    ConvolutionTerms terms = terms();
    INDArray columns = Convolution.columns(Taps.of(terms.plane(), x, 0));
    long out = dweight.size(dweight.rank() - 1);
    INDArray flat = dweight.reshape('c', dweight.length() / out, out);
    for (int group = 0; group < terms.groups(); group++) {
      INDArray product =
          Nd4j.matmul(
              Convolution.ofGroup(columns, group, terms),
              Convolution.part(upstream, group, terms).dup('c'),
              true,
              false,
              false);
      Convolution.part(flat, group, terms).assign(product);
    }
  }

  /** Only what is wanted, by simpler ops where there are any. */
  @Override
  public boolean lower(Steps steps) {
    if (getNumOutputs() == 1) {
      return false;
    }
    Steps.Array x = steps.input(0);
    Steps.Array weight = steps.input(1);
    Steps.Array upstream = steps.input(2);
    boolean point = terms().isPoint();
    if (steps.wants(0)) {
      steps.result(0, toInput(steps, x, weight, upstream).reshaped(x.shape()));
    }
    if (steps.wants(1)) {
      Steps.Array dweight =
          point
              ? steps.compute(
                  new MatrixProduct(true, false, false, false), x.matrix(), upstream.matrix())
              : steps.compute(new ConvolutionGradient(terms(), false), x, weight, upstream);
      steps.result(1, dweight.reshaped(weight.shape()));
    }
    if (toBias() >= 0 && steps.wants(2)) {
      steps.result(2, steps.compute(new ColumnSum(), upstream.matrix()));
    }
    return true;
  }

  /**
   * A matrix product where the window is one input; a depthwise convolution with the taps reversed
   * where that is the same, which kernels do several times faster than the gradient.
   */
  private Steps.Array toInput(
      Steps steps, Steps.Array x, Steps.Array weight, Steps.Array upstream) {
    if (terms().isPoint()) {
      return steps.compute(
          new MatrixProduct(false, true, false, false), upstream.matrix(), weight.matrix());
    }
    long in = x.shape()[x.shape().length - 1];
    long out = upstream.shape()[upstream.shape().length - 1];
    boolean depthwise = terms().groups() == in && in == out;
    Optional<ConvolutionTerms> transposed = terms().transposed();
    return depthwise && transposed.isPresent()
        ? steps.compute(
            new Convolution(transposed.get()), upstream, steps.compute(new ReversedTaps(), weight))
        : steps.compute(new ConvolutionGradient(terms(), true), x, weight, upstream);
  }
}
