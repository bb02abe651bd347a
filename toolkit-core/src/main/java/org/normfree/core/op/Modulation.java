package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A factor a channel, the same at all positions, and perhaps a shift:
 *
 * <pre>
 * y = x∘(o + scale) + shift        o = 1 for a modulation, 0 for a layer scale or a gate
 * </pre>
 *
 * <p>x is [..., C]; scale is [C], the same for the whole batch, or of x's rank with x's sizes in
 * front, ones, and C at the end, as [batch, 1, C]: a row for each example. shift is missing or of
 * the shape of scale. Source: the modulated norm and the gates of DiT, arXiv 2212.09748; layer
 * scale, arXiv 2103.17239.
 */
public class Modulation extends NormfreeOp {
  // numbers of the boolean arguments
  private static final int AROUND_ONE = 0;
  private static final int SHIFT = 1;
  private static final int ADDEND = 2;

  /** For cloning and loading. */
  public Modulation() {}

  /**
   * In a graph; use {@link Ops#modulate} or {@link Ops#scale}, which check the inputs first.
   *
   * @param sd the graph
   * @param aroundOne whether o is 1
   * @param inputs x, scale and, if there is one, shift
   */
  public Modulation(SameDiff sd, boolean aroundOne, SDVariable... inputs) {
    super(sd, inputs);
    addBArgument(aroundOne, inputs.length > 2, false);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param aroundOne whether o is 1
   * @param inputs x, scale and, if there is one, shift
   */
  public Modulation(boolean aroundOne, INDArray... inputs) {
    super(inputs);
    addBArgument(aroundOne, inputs.length > 2, false);
  }

  /**
   * @param aroundOne whether o is 1
   * @param shift whether there is a shift
   * @param addend whether there is one more input that is added, as a compiled plan has it
   */
  Modulation(boolean aroundOne, boolean shift, boolean addend) {
    addBArgument(aroundOne, shift, addend);
  }

  /** Whether 1 is added to the scale. */
  public final boolean aroundOne() {
    return getBArgument(AROUND_ONE);
  }

  /** Whether input 2 is a shift. */
  public final boolean hasShift() {
    return getBArgument(SHIFT);
  }

  /** Whether the last input is added. */
  public final boolean hasAddend() {
    return getBArgument(ADDEND);
  }

  @Override
  public String opName() {
    return "normfree_modulation";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long[] scale = shapes.get(1);
    lastAxis("x", x);
    if (x != null && scale != null && !stretches(scale, x)) {
      throw wrong(
          "scale has shape %s, expected [%d], or for x %s its rank, its first sizes, ones, and %d at"
              + " the end; reshape it",
          text(scale), x[x.length - 1], text(x), x[x.length - 1]);
    }
    if (hasShift()) {
      requireSame("shift", shapes.get(2), "scale", scale);
    }
  }

  /** Whether a scale is a row for all of x, or one for each of its leading parts. */
  private static boolean stretches(long[] scale, long[] x) {
    int last = x.length - 1;
    if (scale.length == 1) {
      return same(scale[0], x[last]);
    }
    if (scale.length != x.length || !same(scale[last], x[last])) {
      return false;
    }
    int axis = 0;
    while (axis < last && same(scale[axis], x[axis])) {
      axis++;
    }
    while (axis < last && scale[axis] == 1) {
      axis++;
    }
    return axis == last;
  }

  private static boolean same(long a, long b) {
    return a == b || a < 0 || b < 0;
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray scale = parts(inputs.get(1));
    INDArray x = parts(inputs.get(0), scale);
    INDArray y = Nd4j.math().mul(x, factor(scale, aroundOne()).broadcast(x.shape()));
    if (hasShift()) {
      y.addi(parts(inputs.get(2)).broadcast(x.shape()));
    }
    INDArray result = outputs.get(0);
    if (hasAddend()) {
      y.addi(inputs.get(inputs.size() - 1).reshape('c', x.shape()));
    }
    result.assign(y.reshape('c', result.shape()));
  }

  /** o + scale. */
  static INDArray factor(INDArray scale, boolean aroundOne) {
    return aroundOne ? scale.add(1) : scale;
  }

  /** A scale as [parts, 1, C]. */
  static INDArray parts(INDArray scale) {
    long columns = scale.size(scale.rank() - 1);
    return scale.dup('c').reshape('c', scale.length() / columns, 1, columns);
  }

  /** x as [parts, positions, C]. */
  static INDArray parts(INDArray x, INDArray scale) {
    long positions = x.length() / scale.length();
    return x.dup('c').reshape('c', scale.size(0), positions, scale.size(2));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new ModulationGradient(sameDiff, aroundOne(), hasShift(), arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    List<Overwrite> overwrites = new ArrayList<>();
    if (hasAddend()) {
      overwrites.add(new Overwrite(0, inputs - 1, Access.ROW));
    }
    overwrites.add(new Overwrite(0, 0, Access.ROW));
    return overwrites;
  }

  @Override
  public Optional<NormfreeOp> withAddend() {
    return hasAddend()
        ? Optional.empty()
        : Optional.of(new Modulation(aroundOne(), hasShift(), true));
  }
}
