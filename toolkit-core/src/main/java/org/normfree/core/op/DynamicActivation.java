package org.normfree.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = γ·squash(α·x + s) + β}, the family DyT and Derf belong to.
 *
 * <p>x is [..., C]; α is [1] or [C]; s (shift) is [1]; γ and β are [C]. Any of α, s, γ, β may be
 * missing: 1, 0, 1, 0 then. Sources: arXiv 2503.10622 section 4 (DyT, squash = tanh, no shift),
 * arXiv 2512.10938 (Derf, squash = erf).
 *
 * <p>In a plan it may take an addend, of x's shape and its last input, and cut at 0: {@code y =
 * max(γ·squash(α·x + s) + β + addend, 0)}.
 */
public class DynamicActivation extends NormfreeOp {
  private static final long ADDEND = 1;
  private static final long RECTIFIED = 2;

  /** For cloning and loading. */
  public DynamicActivation() {}

  /**
   * In a graph; use {@link Ops#dynamicActivation}, which checks the inputs first.
   *
   * @param sd the graph
   * @param squash the squashing function
   * @param x [..., C]
   * @param alpha [1] or [C], or null
   * @param shift [1], or null
   * @param gamma [C], or null
   * @param beta [C], or null
   */
  public DynamicActivation(
      SameDiff sd,
      Squash squash,
      SDVariable x,
      SDVariable alpha,
      SDVariable shift,
      SDVariable gamma,
      SDVariable beta) {
    super(sd, ActivationTerms.present(x, alpha, shift, gamma, beta).toArray(SDVariable[]::new));
    addIArgument(squash.code(), ActivationTerms.mask(alpha, shift, gamma, beta));
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param squash the squashing function
   * @param x [..., C]
   * @param alpha [1] or [C], or null
   * @param shift [1], or null
   * @param gamma [C], or null
   * @param beta [C], or null
   */
  public DynamicActivation(
      Squash squash, INDArray x, INDArray alpha, INDArray shift, INDArray gamma, INDArray beta) {
    super(ActivationTerms.present(x, alpha, shift, gamma, beta).toArray(INDArray[]::new));
    addIArgument(squash.code(), ActivationTerms.mask(alpha, shift, gamma, beta));
  }

  /** As it stands in a plan. */
  private DynamicActivation(DynamicActivation like, long flags) {
    addIArgument(like.getIArgument(0), like.getIArgument(1), flags);
  }

  @Override
  public String opName() {
    return "normfree_dynamic_activation";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** The squashing function. */
  public final Squash squash() {
    return Squash.of(getIArgument(0));
  }

  /** Which of α, s, γ, β are there; see {@link ActivationTerms}. */
  public final long mask() {
    return getIArgument(1);
  }

  /** Whether the last input is an addend. */
  public final boolean addend() {
    return (flags() & ADDEND) != 0;
  }

  /** Whether y is cut at 0. */
  public final boolean rectified() {
    return (flags() & RECTIFIED) != 0;
  }

  private long flags() {
    return iArgs().length > 2 ? getIArgument(2) : 0;
  }

  @Override
  protected void check(List<long[]> shapes) {
    checkTerms(shapes);
    if (addend()) {
      requireSame("x", shapes.get(0), "the addend", shapes.get(shapes.size() - 1));
    }
  }

  /** Checks x and the optional terms, which stand first in the gradient op, too. */
  final void checkTerms(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long mask = mask();
    long length = lastAxis("x", x);
    for (ActivationTerms term : ActivationTerms.values()) {
      if (term.in(mask)) {
        long[] shape = shapes.get(term.index(mask));
        boolean single = shape != null && Arrays.equals(shape, new long[] {1});
        if (single && (term == ActivationTerms.ALPHA || term == ActivationTerms.SHIFT)) {
          continue;
        }
        if (term == ActivationTerms.SHIFT && shape != null) {
          throw wrong("shift has shape %s, expected [1]; pass one scalar a layer", text(shape));
        }
        String name = term.name().toLowerCase(Locale.ROOT);
        requireVector(name, shape, length, x);
      }
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    long mask = mask();
    INDArray y = rows(outputs.get(0));
    y.assign(squash().apply(argument(inputs, mask)));
    if (ActivationTerms.GAMMA.in(mask)) {
      y.muliRowVector(inputs.get(ActivationTerms.GAMMA.index(mask)));
    }
    if (ActivationTerms.BETA.in(mask)) {
      y.addiRowVector(inputs.get(ActivationTerms.BETA.index(mask)));
    }
    if (addend()) {
      y.addi(rows(inputs.get(inputs.size() - 1)));
    }
    if (rectified()) {
      Rectifier.rectify(y, y);
    }
  }

  /** {@code u = α·x + s} as [rows, C]. */
  static INDArray argument(List<INDArray> inputs, long mask) {
    INDArray u = rows(inputs.get(0));
    if (ActivationTerms.ALPHA.in(mask)) {
      INDArray alpha = inputs.get(ActivationTerms.ALPHA.index(mask));
      u = alpha.length() == 1 ? u.mul(alpha.getDouble(0)) : u.mulRowVector(alpha);
    }
    if (ActivationTerms.SHIFT.in(mask)) {
      u = u.add(inputs.get(ActivationTerms.SHIFT.index(mask)).getDouble(0));
    }
    return u;
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(args()));
    inputs.add(gradients.get(0));
    return List.of(
        new DynamicActivationGradient(sameDiff, iArgs(), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    Overwrite x = new Overwrite(0, 0, Access.ROW);
    return addend() ? List.of(new Overwrite(0, inputs - 1, Access.ROW), x) : List.of(x);
  }

  @Override
  public Optional<NormfreeOp> withAddend() {
    return flags() == 0 ? Optional.of(new DynamicActivation(this, ADDEND)) : Optional.empty();
  }

  @Override
  public Optional<NormfreeOp> followedBy(DifferentialFunction next) {
    return next instanceof Rectifier && !rectified()
        ? Optional.of(new DynamicActivation(this, flags() | RECTIFIED))
        : Optional.empty();
  }
}
