package org.normfree.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Rotary positions: in each head of d channels the pair (i, i + d/2) is turned by the angle {@code
 * p·base^(−2i/d)} of its token's position p, so that a product of a query and a key depends on the
 * distance of their positions only. The gradient is the turn back.
 *
 * <p>x is [B, T, C] with C = heads·d and d even; positions are INT [T]; y is [B, T, C].
 *
 * <p>Source: arXiv 2104.09864, section 3.2. There neighbouring channels are paired; here the two
 * halves of a head, as in GPT-NeoX and the LLaMA of Hugging Face. One is the other with the
 * channels of a head in another order.
 */
public class Rotary extends NormfreeOp {
  /** For cloning and loading. */
  public Rotary() {}

  /**
   * In a graph; use {@link Ops#rotary}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [B, T, C]
   * @param positions INT [T]
   * @param heads a divisor of C that leaves an even number of channels
   * @param base of the angles, above 0
   */
  public Rotary(SameDiff sd, SDVariable x, SDVariable positions, long heads, double base) {
    this(sd, x, positions, heads, base, false);
  }

  private Rotary(
      SameDiff sd, SDVariable x, SDVariable positions, long heads, double base, boolean back) {
    super(sd, x, positions);
    describe(heads, base, back);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [B, T, C]
   * @param positions INT [T]
   * @param heads a divisor of C that leaves an even number of channels
   * @param base of the angles, above 0
   */
  public Rotary(INDArray x, INDArray positions, long heads, double base) {
    super(x, positions);
    describe(heads, base, false);
  }

  /** Writes the attributes down. */
  final void describe(long heads, double base, boolean back) {
    addIArgument(heads, back ? 1 : 0);
    addTArgument(base);
  }

  @Override
  public String opName() {
    return "normfree_rotary";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** Number of heads. */
  public final int heads() {
    return Math.toIntExact(getIArgument(0));
  }

  /** Whether it turns back: the gradient. */
  public final boolean back() {
    return getIArgument(1) == 1;
  }

  /** Base of the angles. */
  public final double base() {
    return getTArgument(0);
  }

  /**
   * The angle of a pair of channels, per position.
   *
   * @param base of the angles
   * @param i number of the pair in its head
   * @param pairs of a head
   */
  public static double frequency(double base, int i, int pairs) {
    return StrictMath.pow(base, -(double) i / pairs);
  }

  @Override
  protected boolean isInteger(int index) {
    return index == 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    if (!(getTArgument(0) > 0)) {
      throw wrong("base is %s, expected a number > 0; 10000 is usual", getTArgument(0));
    }
    if (x == null) {
      return;
    }
    if (x.length != 3) {
      throw wrong("x has shape %s, expected [batch, tokens, channels]; reshape it", text(x));
    }
    long heads = getIArgument(0);
    if (heads < 1 || x[2] % (2 * heads) != 0) {
      throw wrong(
          "x has %d channels and there are %d heads, expected an even number of channels a head;"
              + " change heads",
          x[2], heads);
    }
    long[] positions = shapes.get(1);
    if (positions != null && x[1] >= 0 && (positions.length != 1 || unlike(positions[0], x[1]))) {
      throw wrong("positions have shape %s, expected [%d], one a token", text(positions), x[1]);
    }
  }

  private static boolean unlike(long length, long tokens) {
    return length >= 0 && length != tokens;
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    int[] positions = inputs.get(1).dup('c').data().asInt();
    int tokens = positions.length;
    int pairs = Math.toIntExact(x.size(2) / heads() / 2);
    double sign = back() ? -1 : 1;
    double[] angles = new double[tokens * pairs];
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < pairs; i++) {
        angles[t * pairs + i] = sign * positions[t] * frequency(base(), i, pairs);
      }
    }
    INDArray cos = table(angles, StrictMath::cos, x, tokens, pairs);
    INDArray sin = table(angles, StrictMath::sin, x, tokens, pairs);
    INDArray split = x.dup('c').reshape(x.size(0), tokens, heads(), 2, pairs);
    INDArray first = split.get(part(0));
    INDArray second = split.get(part(1));
    List<INDArray> halves = new ArrayList<>();
    halves.add(first.mul(cos).subi(second.mul(sin)));
    halves.add(first.mul(sin).addi(second.mul(cos)));
    outputs.get(0).assign(Nd4j.stack(3, halves.toArray(INDArray[]::new)).reshape(x.shape()));
  }

  private static INDArrayIndex[] part(int half) {
    return new INDArrayIndex[] {
      NDArrayIndex.all(),
      NDArrayIndex.all(),
      NDArrayIndex.all(),
      NDArrayIndex.point(half),
      NDArrayIndex.all()
    };
  }

  /** A function of the angles for every batch element and head. */
  private INDArray table(
      double[] angles, DoubleUnaryOperator f, INDArray x, int tokens, int pairs) {
    double[] values = Arrays.stream(angles).map(f).toArray();
    return Nd4j.create(values, new long[] {1, tokens, 1, pairs}, x.dataType())
        .broadcast(x.size(0), tokens, heads(), pairs);
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new Rotary(sameDiff, gradients.get(0), arg(1), getIArgument(0), getTArgument(0), !back())
            .outputVariables());
  }
}
