package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link BatchNorm}: with n values a channel, x̂ the normalized input, r = 1/√(variance
 * + ε), g = G·gain, and M and V the upstream gradients of mean and variance,
 *
 * <pre>
 * dx = r·(g − mean(g) − x̂·mean(g·x̂)) + M/n + V·2(x − mean)/n
 * dgain = Σ G·x̂    dbias = Σ G
 * </pre>
 *
 * Inputs: x, gain and bias where there are such, G, M, V. Outputs: dx, and dgain and dbias where
 * there are such.
 *
 * <p>In a plan what {@link BatchNorm} saved may follow, and then the output of a {@link Rectifier}
 * behind it: G is that of the rectifier then and counts where its output is above 0, and what
 * counts of it may be wanted as the last output. If nothing lay between norm and rectifier, that
 * output is left out, since it is known from x.
 */
public class BatchNormGradient extends GradientOp {
  private static final long SAVED = 1;
  private static final long RECTIFIED = 2;
  private static final long AT_ONCE = 4;

  /** For cloning and loading. */
  public BatchNormGradient() {}

  BatchNormGradient(SameDiff sd, AffineTerms terms, double epsilon, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
    addTArgument(epsilon);
  }

  /** As it stands in a plan, where what batch norm saved is among the inputs. */
  private BatchNormGradient(BatchNormGradient like, long rectifier) {
    like.terms().describe(this);
    addTArgument(like.tArgs());
    addIArgument(SAVED | rectifier);
  }

  @Override
  public String opName() {
    return "normfree_batch_norm_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1 + terms().count();
  }

  /** Whether there are a gain and a bias. */
  public final AffineTerms terms() {
    return AffineTerms.of(this);
  }

  /** Where G stands among the inputs; M and V follow, and then what comes from other ops. */
  public final int upstream() {
    return 1 + terms().count();
  }

  /** Whether what batch norm saved stands behind V. */
  public final boolean saved() {
    return is(SAVED);
  }

  /** Whether a rectifier's output is the last input. */
  public final boolean rectified() {
    return is(RECTIFIED);
  }

  /** Whether a rectifier stood right behind the norm. */
  public final boolean rectifiedAtOnce() {
    return is(AT_ONCE);
  }

  private boolean is(long flag) {
    return iArgs().length > 0 && (getIArgument(0) & flag) != 0;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(upstream()));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    List<long[]> outputs = new ArrayList<>(List.of(shapes.get(0)));
    for (int i = 0; i < terms().count(); i++) {
      outputs.add(shapes.get(upstream() + 1));
    }
    return outputs;
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    long channels = x.size(x.rank() - 1);
    INDArray upstream = inputs.get(upstream());
    GroupedNorm norm = GroupedNorm.of(x, 1, channels, getTArgument(0));
    if (rectified() || rectifiedAtOnce()) {
      boolean wanted = outputs.size() > getNumOutputs();
      INDArray counts = wanted ? outputs.get(getNumOutputs()) : upstream.ulike();
      INDArray y = rectified() ? inputs.get(inputs.size() - 1) : x.ulike();
      if (rectifiedAtOnce()) {
        norm.affine(terms().gain(inputs, 1), terms().bias(inputs, 1), y);
      }
      RectifierGradient.gate(y, upstream, counts);
      upstream = counts;
    }
    INDArray dx = norm.inputGradient(norm.weighted(upstream, terms().gain(inputs, 1)));
    double each = (double) channels / x.length();
    INDArray dMean = statistic(inputs.get(upstream() + 1)).mul(each);
    INDArray dVariance = statistic(inputs.get(upstream() + 2)).mul(2 * each);
    // x − mean = x̂/r
    dx = dx.add(norm.normalized().mul(dVariance.div(norm.scale()))).add(dMean);
    norm.affineGradients(
        upstream, terms().gain(), terms().bias(), outputs.subList(1, getNumOutputs()));
    outputs.get(0).assign(dx.reshape('c', x.shape()));
  }

  private static INDArray statistic(INDArray values) {
    return values.castTo(DataType.DOUBLE).reshape('c', 1, 1, values.length(), 1);
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    List<Overwrite> overwrites = new ArrayList<>();
    if (rectified() || rectifiedAtOnce()) {
      overwrites.add(new Overwrite(getNumOutputs(), upstream(), Access.ELEMENT));
    }
    if (rectified()) {
      overwrites.add(new Overwrite(getNumOutputs(), inputs - 1, Access.ELEMENT));
      overwrites.add(new Overwrite(0, inputs - 1, Access.ELEMENT));
    }
    overwrites.add(new Overwrite(0, upstream(), Access.ELEMENT));
    overwrites.add(new Overwrite(0, 0, Access.ELEMENT));
    return overwrites;
  }

  @Override
  public Optional<FromSaved> fromSaved() {
    if (saved()) {
      return Optional.empty();
    }
    int given = 1 + terms().count();
    int saved = upstream() + 3;
    return Optional.of(
        new FromSaved(
            new BatchNorm(terms(), getTArgument(0), false, false),
            given,
            new BatchNormGradient(this, 0),
            IntStream.rangeClosed(0, saved).toArray()));
  }

  @Override
  public Optional<Preceded> precededBy(int input, DifferentialFunction before) {
    boolean takes =
        saved()
            && !rectified()
            && !rectifiedAtOnce()
            && input == upstream()
            && before instanceof RectifierGradient;
    if (!takes) {
      return Optional.empty();
    }
    int saved = upstream() + 3;
    int output = saved + 1;
    int[] inputs = IntStream.rangeClosed(0, output).toArray();
    inputs[upstream()] = output + 1;
    return Optional.of(new Preceded(new BatchNormGradient(this, RECTIFIED), inputs));
  }

  @Override
  public Optional<Without> without() {
    return rectified()
        ? Optional.of(
            new Without(
                upstream() + 4,
                new BatchNorm(terms(), getTArgument(0), false, true),
                1 + terms().count(),
                new BatchNormGradient(this, AT_ONCE)))
        : Optional.empty();
  }
}
