package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link DynamicActivation}: with u = α·x + s, t = squash(u), p = squash'(u) and
 * upstream gradient G,
 *
 * <pre>
 * dx = α·G·γ·p    dα = Σ G·γ·p·x    ds = Σ G·γ·p    dγ = Σ_rows G·t    dβ = Σ_rows G
 * </pre>
 *
 * where dα sums over everything for a scalar α and over rows for a per-channel one. Inputs: those
 * of the forward op, then G. Outputs: a gradient for each forward input.
 *
 * <p>In a plan the output of a {@link Rectifier} behind it may follow: G is that of the rectifier
 * then and counts where its output is above 0, and what counts of it may be wanted as the last
 * output.
 */
public class DynamicActivationGradient extends GradientOp {
  /** For cloning and loading. */
  public DynamicActivationGradient() {}

  DynamicActivationGradient(SameDiff sd, long[] attributes, SDVariable... inputs) {
    super(sd, inputs);
    addIArgument(attributes);
  }

  /** As it stands in a plan, behind the gradient of a rectifier. */
  private DynamicActivationGradient(DynamicActivationGradient like) {
    addIArgument(like.getIArgument(0), like.getIArgument(1), 1);
  }

  /** Where G stands among the inputs. */
  public final int upstream() {
    return getNumOutputs();
  }

  /** Whether a rectifier's output stands behind G. */
  public final boolean rectified() {
    return iArgs().length > 2;
  }

  @Override
  public String opName() {
    return "normfree_dynamic_activation_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1 + Long.bitCount(mask());
  }

  /** The squashing function. */
  public final Squash squash() {
    return Squash.of(getIArgument(0));
  }

  /** Which of α, s, γ, β are there; see {@link ActivationTerms}. */
  public final long mask() {
    return getIArgument(1);
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(upstream()));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, upstream());
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    Squash squash = squash();
    long mask = mask();
    INDArray x = rows(inputs.get(0));
    INDArray upstream = rows(inputs.get(upstream()));
    if (rectified()) {
      boolean wanted = outputs.size() > getNumOutputs();
      INDArray counts = wanted ? rows(outputs.get(getNumOutputs())) : upstream.ulike();
      RectifierGradient.gate(rows(inputs.get(upstream() + 1)), upstream, counts);
      upstream = counts;
    }
    INDArray u = DynamicActivation.argument(inputs, mask);
    INDArray t = squash.apply(u);
    INDArray inner = squash.derivative(u, t).muli(upstream);
    if (ActivationTerms.GAMMA.in(mask)) {
      int gamma = ActivationTerms.GAMMA.index(mask);
      inner.muliRowVector(inputs.get(gamma));
      outputs.get(gamma).assign(t.mul(upstream).sum(0));
    }
    if (ActivationTerms.BETA.in(mask)) {
      outputs.get(ActivationTerms.BETA.index(mask)).assign(upstream.sum(0));
    }
    if (ActivationTerms.SHIFT.in(mask)) {
      outputs.get(ActivationTerms.SHIFT.index(mask)).assign(inner.sumNumber());
    }
    INDArray dx = rows(outputs.get(0));
    if (ActivationTerms.ALPHA.in(mask)) {
      int index = ActivationTerms.ALPHA.index(mask);
      INDArray alpha = inputs.get(index);
      INDArray product = inner.mul(x);
      if (alpha.length() == 1) {
        outputs.get(index).assign(product.sumNumber());
        dx.assign(inner.muli(alpha.getDouble(0)));
      } else {
        outputs.get(index).assign(product.sum(0));
        dx.assign(inner.muliRowVector(alpha));
      }
    } else {
      dx.assign(inner);
    }
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    List<Overwrite> overwrites = new ArrayList<>();
    if (rectified()) {
      overwrites.add(new Overwrite(getNumOutputs(), upstream(), Access.ROW));
      overwrites.add(new Overwrite(getNumOutputs(), upstream() + 1, Access.ROW));
      overwrites.add(new Overwrite(0, upstream() + 1, Access.ROW));
    }
    overwrites.add(new Overwrite(0, upstream(), Access.ROW));
    overwrites.add(new Overwrite(0, 0, Access.ROW));
    return overwrites;
  }

  @Override
  public Optional<Preceded> precededBy(int input, DifferentialFunction before) {
    if (rectified() || input != upstream() || !(before instanceof RectifierGradient)) {
      return Optional.empty();
    }
    int output = upstream() + 1;
    int[] inputs = IntStream.rangeClosed(0, output).toArray();
    inputs[upstream()] = output + 1;
    return Optional.of(new Preceded(new DynamicActivationGradient(this), inputs));
  }
}
