package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code c = op(a)·op(b) + bias + addend} for matrices, where op transposes or not: what a compiled
 * plan turns {@link Linear}, its gradient and the additions around them into.
 *
 * <p>op(a) is [m, k]; op(b) is [k, n]; c is [m, n]; the bias, if there is one, is [n]; the addend,
 * if there is one, is [m, n] and may be the same memory as c.
 */
public class MatrixProduct extends NormfreeOp {
  private static final long BIAS = 1;
  private static final long ADDEND = 2;

  /** For cloning and loading. */
  public MatrixProduct() {}

  /**
   * @param transposeA whether a is given as [k, m]
   * @param transposeB whether b is given as [n, k]
   * @param bias whether there is a bias
   * @param addend whether there is an addend
   */
  public MatrixProduct(boolean transposeA, boolean transposeB, boolean bias, boolean addend) {
    addBArgument(transposeA, transposeB);
    addIArgument((bias ? BIAS : 0) | (addend ? ADDEND : 0));
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param attributes as made by the other constructor
   * @param inputs a, b, then bias and addend where there are any
   */
  MatrixProduct(MatrixProduct attributes, INDArray... inputs) {
    super(inputs);
    addBArgument(attributes.bArgs());
    addIArgument(attributes.iArgs());
  }

  @Override
  public String opName() {
    return "normfree_matrix_product";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** Whether a is given as [k, m]. */
  public final boolean transposeA() {
    return getBArgument(0);
  }

  /** Whether b is given as [n, k]. */
  public final boolean transposeB() {
    return getBArgument(1);
  }

  /** Whether input 2 is a bias. */
  public final boolean bias() {
    return (getIArgument(0) & BIAS) != 0;
  }

  /** Whether the last input is an addend. */
  public final boolean addend() {
    return (getIArgument(0) & ADDEND) != 0;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] a = shapes.get(0);
    long[] b = shapes.get(1);
    if (a == null || b == null) {
      return;
    }
    boolean matrices = a.length == 2 && b.length == 2;
    if (!matrices || a[transposeA() ? 0 : 1] != b[transposeB() ? 1 : 0]) {
      throw wrong(
          "a is %s%s and b is %s%s, expected matrices whose inner sizes agree; transpose one",
          text(a), transposeA() ? " transposed" : "", text(b), transposeB() ? " transposed" : "");
    }
    long[] c = outputShapes(shapes).get(0);
    if (bias()) {
      requireVector("bias", shapes.get(2), c[1], c);
    }
    if (addend()) {
      requireSame("the addend", shapes.get(shapes.size() - 1), "the product", c);
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long rows = shapes.get(0)[transposeA() ? 1 : 0];
    long columns = shapes.get(1)[transposeB() ? 0 : 1];
    return List.of(new long[] {rows, columns});
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray c = outputs.get(0);
    INDArray product = Nd4j.matmul(inputs.get(0), inputs.get(1), transposeA(), transposeB(), false);
    if (bias()) {
      product.addiRowVector(inputs.get(2));
    }
    if (addend()) {
      product.addi(inputs.get(inputs.size() - 1));
    }
    c.assign(product);
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return addend() ? List.of(new Overwrite(0, inputs - 1, Access.ADDEND)) : List.of();
  }

  @Override
  public Optional<NormfreeOp> withAddend() {
    return addend()
        ? Optional.empty()
        : Optional.of(new MatrixProduct(transposeA(), transposeB(), bias(), true));
  }

  @Override
  public Optional<Rounding> toBfloat16() {
    return Optional.of(new Rounding(new ToBfloat16(), 0, 1));
  }
}
