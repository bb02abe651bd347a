package org.normfree.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch norm as it trains: {@code y = gain·(x − mean)/√(variance + ε) + bias}, a channel being a
 * place of the last axis, mean and biased variance over all other axes.
 *
 * <p>x is [..., C]; gain and bias are [C] and may be missing. Outputs: y, mean [C], variance [C].
 * Source: arXiv 1502.03167. For evaluation see {@link BatchNormWith}.
 *
 * <p>In a plan it may take an addend, of x's shape and its last input, and cut at 0: {@code y =
 * max(gain·(x − mean)/√(variance + ε) + bias + addend, 0)}. What it saves for its gradient, [3, C],
 * is the mean in two parts, the second one what the first lacks, and {@code 1/√(variance + ε)}.
 */
public class BatchNorm extends NormfreeOp {
  private static final long ADDEND = 1;
  private static final long RECTIFIED = 2;

  /** Rows of what is saved: the mean, what it lacks, and 1/√(variance + ε). */
  private static final long SAVED = 3;

  /** For cloning and loading. */
  public BatchNorm() {}

  /**
   * In a graph; use {@link Ops#batchNorm}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [..., C]
   * @param gain [C], or null
   * @param bias [C], or null
   * @param epsilon added to the variance, &gt; 0
   */
  public BatchNorm(SameDiff sd, SDVariable x, SDVariable gain, SDVariable bias, double epsilon) {
    super(sd, ActivationTerms.present(x, gain, bias).toArray(SDVariable[]::new));
    describe(AffineTerms.of(gain, bias), epsilon);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [..., C]
   * @param gain [C], or null
   * @param bias [C], or null
   * @param epsilon added to the variance, &gt; 0
   */
  public BatchNorm(INDArray x, INDArray gain, INDArray bias, double epsilon) {
    super(ActivationTerms.present(x, gain, bias).toArray(INDArray[]::new));
    describe(AffineTerms.of(gain, bias), epsilon);
  }

  /**
   * As it stands in a plan.
   *
   * @param addend whether there is an addend
   * @param rectified whether y is cut at 0
   */
  BatchNorm(AffineTerms terms, double epsilon, boolean addend, boolean rectified) {
    describe(terms, epsilon);
    if (addend || rectified) {
      addIArgument((addend ? ADDEND : 0) | (rectified ? RECTIFIED : 0));
    }
  }

  final void describe(AffineTerms terms, double epsilon) {
    requireEpsilon(epsilon);
    terms.describe(this);
    addTArgument(epsilon);
  }

  /** Whether the last input is an addend. */
  public final boolean addend() {
    return is(ADDEND);
  }

  /** Whether y is cut at 0. */
  public final boolean rectified() {
    return is(RECTIFIED);
  }

  private boolean is(long flag) {
    return iArgs().length > 0 && (getIArgument(0) & flag) != 0;
  }

  @Override
  public String opName() {
    return "normfree_batch_norm";
  }

  @Override
  public int getNumOutputs() {
    return 3;
  }

  /** Whether there are a gain and a bias. */
  public final AffineTerms terms() {
    return AffineTerms.of(this);
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long channels = lastAxis("x", x);
    requireVector("gain", terms().gain(shapes, 1), channels, x);
    requireVector("bias", terms().bias(shapes, 1), channels, x);
    if (addend()) {
      requireSame("x", x, "the addend", shapes.get(shapes.size() - 1));
    }
    if (x != null && Arrays.stream(x).limit(x.length - 1L).allMatch(size -> size == 1)) {
      throw wrong(
          "x has shape %s, one value a channel, expected more than one in training: their variance"
              + " is 0 and so would be every gradient; use a larger batch, or drop the last one",
          text(x));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long[] channels = {x[x.length - 1]};
    return List.of(x, channels, channels);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    GroupedNorm norm = GroupedNorm.of(x, 1, x.size(x.rank() - 1), getTArgument(0));
    INDArray y = outputs.get(0);
    norm.affine(terms().gain(inputs, 1), terms().bias(inputs, 1), y);
    if (addend()) {
      y.addi(inputs.get(inputs.size() - 1));
    }
    if (rectified()) {
      Rectifier.rectify(y, y);
    }
    INDArray mean = outputs.get(1);
    mean.assign(norm.mean().reshape(mean.length()));
    outputs.get(2).assign(norm.variance().reshape(mean.length()));
    if (outputs.size() > getNumOutputs()) { // a plan keeps them for the gradient
      INDArray saved = outputs.get(getNumOutputs());
      INDArray wide = mean.castTo(norm.mean().dataType());
      saved.getRow(0).assign(mean);
      saved.getRow(1).assign(norm.mean().reshape(mean.length()).sub(wide));
      saved.getRow(2).assign(norm.scale().reshape(mean.length()));
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(args()));
    inputs.addAll(gradients);
    return List.of(
        new BatchNormGradient(sameDiff, terms(), getTArgument(0), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    Overwrite x = new Overwrite(0, 0, Access.ELEMENT);
    return addend() ? List.of(new Overwrite(0, inputs - 1, Access.ELEMENT), x) : List.of(x);
  }

  @Override
  public List<long[]> savedShapes(List<long[]> shapes) {
    long[] x = shapes.get(0);
    return List.of(new long[] {SAVED, x[x.length - 1]});
  }

  @Override
  public Optional<NormfreeOp> withAddend() {
    return addend() || rectified()
        ? Optional.empty()
        : Optional.of(new BatchNorm(terms(), getTArgument(0), true, false));
  }

  @Override
  public Optional<NormfreeOp> followedBy(DifferentialFunction next) {
    return next instanceof Rectifier && !rectified()
        ? Optional.of(new BatchNorm(terms(), getTArgument(0), addend(), true))
        : Optional.empty();
  }
}
