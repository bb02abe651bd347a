package org.normfree.core.op;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.BaseCompatOp;
import org.nd4j.linalg.api.ops.impl.layers.ExternalErrorsFunction;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.shape.CreateView;
import org.nd4j.linalg.api.ops.impl.shape.ExpandDims;
import org.nd4j.linalg.api.ops.impl.shape.OnesLike;
import org.nd4j.linalg.api.ops.impl.shape.Reshape;
import org.nd4j.linalg.api.ops.impl.shape.Shape;
import org.nd4j.linalg.api.ops.impl.shape.Size;
import org.nd4j.linalg.api.ops.impl.shape.SizeAt;
import org.nd4j.linalg.api.ops.impl.shape.Squeeze;
import org.nd4j.linalg.api.ops.impl.shape.ZerosLike;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.BaseTensorOp;
import org.nd4j.linalg.api.ops.impl.transforms.Assert;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.TanhDerivative;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.ThresholdReluBp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.bp.AddBpOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.bp.MulBpOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;

/**
 * Speaks for ND4J's ops, which cannot describe themselves. What is not listed gets the safe answer.
 */
public final class Nd4jTraits {
  /** What ND4J's control flow is made of. */
  private static final List<Predicate<DifferentialFunction>> CONTROL_FLOW =
      List.of(
          BaseCompatOp.class::isInstance,
          BaseTensorOp.class::isInstance,
          Assert.class::isInstance,
          ExternalErrorsFunction.class::isInstance,
          CreateView.class::isInstance,
          op -> op.getClass().getSimpleName().equals("Invoke"));

  private static final Traits NOT_COMPILABLE =
      new Traits() {
        @Override
        public boolean isCompilable() {
          return false;
        }
      };

  /** Where ND4J has its ops that draw random numbers. */
  private static final String RANDOM_PACKAGE = "org.nd4j.linalg.api.ops.random";

  private static final Traits RANDOM =
      new Traits() {
        @Override
        public boolean isRandom() {
          return true;
        }
      };

  private static final Traits PURE =
      new Traits() {
        @Override
        public boolean isPure() {
          return true;
        }
      };

  /** Ops of which it is known that equal inputs give equal outputs, by the names ND4J runs. */
  private static final Set<String> PURE_OPS =
      Set.of(
          "abs",
          "cast",
          "ceil",
          "clipbyvalue",
          "concat",
          "cos",
          "cumprod",
          "cumsum",
          "diag",
          "divide",
          "equals",
          "exp",
          "fill",
          "floor",
          "floordiv",
          "floormod",
          "gather",
          "greater",
          "greater_equal",
          "invert_permutation",
          "less",
          "less_equal",
          "linspace",
          "log",
          "log1p",
          "matmul",
          "maximum",
          "minimum",
          "mod",
          "mmul",
          "neg",
          "norm2",
          "not_equals",
          "onehot",
          "pad",
          "permute",
          "pow",
          "Pow",
          "range",
          "rank",
          "realdiv",
          "reciprocal",
          "reduce_max",
          "reduce_mean",
          "reduce_min",
          "reduce_prod",
          "reduce_sum",
          "repeat",
          "reverse",
          "reversedivide",
          "reversesubtract",
          "round",
          "rsqrt",
          "sequence_mask",
          "sigmoid",
          "sign",
          "sin",
          "slice",
          "split",
          "sqrt",
          "square",
          "stack",
          "strided_slice",
          "tanh",
          "tile",
          "transpose",
          "tri",
          "triu",
          "unstack",
          "where_np",
          "add_scalar",
          "div_scalar",
          "mul_scalar",
          "rdiv_scalar",
          "rsub_scalar",
          "sub_scalar",
          "min_scalar",
          "max_scalar");

  private static final Traits SHAPES_ONLY =
      new Traits() {
        @Override
        public boolean isPure() {
          return true;
        }

        @Override
        public boolean dependsOnShapesOnly() {
          return true;
        }
      };

  private static final Map<Class<? extends DifferentialFunction>, Traits> BY_CLASS =
      Map.ofEntries(
          Map.entry(Shape.class, SHAPES_ONLY),
          Map.entry(Size.class, SHAPES_ONLY),
          Map.entry(SizeAt.class, SHAPES_ONLY),
          Map.entry(ZerosLike.class, SHAPES_ONLY),
          Map.entry(OnesLike.class, SHAPES_ONLY),
          Map.entry(AddOp.class, new Pairwise(true)),
          Map.entry(SubOp.class, new Pairwise(false)),
          Map.entry(MulOp.class, new Pairwise(false)),
          Map.entry(TanhDerivative.class, new Elementwise(null, 1, 0)),
          Map.entry(Identity.class, new SameElements()),
          Map.entry(ExpandDims.class, new SameElements()),
          Map.entry(Squeeze.class, new SameElements()),
          Map.entry(AddBpOp.class, lowering(Nd4jTraits::sumGradient)),
          Map.entry(MulBpOp.class, lowering(Nd4jTraits::productGradient)));

  /** How ND4J's reshape is told to read its input column by column. */
  private static final long FORTRAN_ORDER = -'f';

  private Nd4jTraits() {}

  /**
   * What an op says, or is said, of itself.
   *
   * @param op an op of the project or of ND4J
   */
  public static Traits of(DifferentialFunction op) {
    if (op instanceof Traits own) {
      return own;
    }
    if (CONTROL_FLOW.stream().anyMatch(kind -> kind.test(op))) {
      return NOT_COMPILABLE;
    }
    if (op.getClass().getPackageName().startsWith(RANDOM_PACKAGE)) {
      return RANDOM;
    }
    if (op instanceof Reshape reshape) {
      long[] arguments = reshape.iArgs();
      boolean rowMajor = arguments.length == 0 || arguments[0] != FORTRAN_ORDER;
      return rowMajor ? BY_CLASS.get(Identity.class) : PURE;
    }
    if (op instanceof RectifiedLinear relu) {
      boolean atZero = relu.scalar() != null && relu.scalar().getDouble(0) == 0;
      return new Elementwise(atZero ? new Rectifier() : null, 0);
    }
    if (op instanceof ThresholdReluBp gradient) {
      boolean atZero = DoubleStream.of(gradient.tArgs()).allMatch(cutoff -> cutoff == 0);
      return new Elementwise(atZero ? new RectifierGradient() : null, 1, 0);
    }
    Traits known = BY_CLASS.get(op.getClass());
    if (known != null) {
      return known;
    }
    return PURE_OPS.contains(op.opName()) ? PURE : Traits.NONE;
  }

  /** An op that copies its input. */
  public static DifferentialFunction copy() {
    return new Identity();
  }

  /**
   * Element by element over either input.
   *
   * @param isSum whether it adds them
   */
  private record Pairwise(boolean isSum) implements Traits {
    @Override
    public boolean isPure() {
      return true;
    }

    @Override
    public List<Overwrite> overwrites(int inputs) {
      return List.of(new Overwrite(0, 0, Access.ELEMENT), new Overwrite(0, 1, Access.ELEMENT));
    }
  }

  /**
   * Element by element.
   *
   * @param step the op of the project that is the same; null if there is none
   * @param over inputs that the output may lie over, first choice first
   */
  private record Elementwise(NormfreeOp step, int... over) implements Traits {
    @Override
    public boolean lower(Steps steps) {
      if (step == null || steps.inputs() != over.length) {
        return false;
      }
      steps.result(
          0,
          steps.compute(
              step,
              IntStream.range(0, over.length).mapToObj(steps::input).toArray(Steps.Array[]::new)));
      return true;
    }

    @Override
    public boolean isPure() {
      return true;
    }

    @Override
    public List<Overwrite> overwrites(int inputs) {
      return IntStream.of(over).mapToObj(i -> new Overwrite(0, i, Access.ELEMENT)).toList();
    }
  }

  /** The first input's elements in their order, perhaps under another shape. */
  private record SameElements() implements Traits {
    @Override
    public boolean isPure() {
      return true;
    }

    @Override
    public boolean lower(Steps steps) {
      steps.result(0, steps.input(0).reshaped(steps.shape(0)));
      return true;
    }
  }

  private static Traits lowering(Predicate<Steps> steps) {
    return new Traits() {
      @Override
      public boolean lower(Steps given) {
        return steps.test(given);
      }
    };
  }

  /** {@code z = x + y}: the gradients are the upstream one, summed where an input broadcast. */
  private static boolean sumGradient(Steps steps) {
    Steps.Array upstream = steps.input(2);
    for (int i = 0; i < 2; i++) {
      if (steps.wants(i) && !sums(upstream, steps.input(i))) {
        return false;
      }
    }
    for (int i = 0; i < 2; i++) {
      if (steps.wants(i)) {
        steps.result(i, sum(steps, upstream, steps.input(i)));
      }
    }
    return true;
  }

  /** {@code z = x·y}: the gradients are the upstream one times the other input. */
  private static boolean productGradient(Steps steps) {
    Steps.Array upstream = steps.input(2);
    for (int i = 0; i < 2; i++) {
      boolean lowers = sums(upstream, steps.input(i)) && broadcasts(steps.input(1 - i), upstream);
      if (steps.wants(i) && !lowers) {
        return false;
      }
    }
    for (int i = 0; i < 2; i++) {
      if (steps.wants(i)) {
        Steps.Array product =
            steps.compute(new MulOp(), upstream.shape(), upstream, steps.input(1 - i));
        steps.result(i, sum(steps, product, steps.input(i)));
      }
    }
    return true;
  }

  private static boolean broadcasts(Steps.Array small, Steps.Array large) {
    long[] from = small.shape();
    long[] to = large.shape();
    int lead = to.length - from.length;
    if (lead < 0) {
      return false;
    }
    for (int axis = 0; axis < from.length; axis++) {
      if (from[axis] != 1 && from[axis] != to[lead + axis]) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@link #sum} can sum an array to the shape of another. */
  private static boolean sums(Steps.Array from, Steps.Array to) {
    return Arrays.equals(from.shape(), to.shape())
        || to.length() == 1
        || leading(from, to) > 0
        || spread(from, to).length > 0;
  }

  /** The axes along which an array of the same rank was repeated; none if it was not. */
  private static int[] spread(Steps.Array from, Steps.Array to) {
    long[] large = from.shape();
    long[] small = to.shape();
    if (large.length != small.length) {
      return new int[0];
    }
    int[] axes = IntStream.range(0, large.length).filter(i -> large[i] != small[i]).toArray();
    return IntStream.of(axes).allMatch(i -> small[i] == 1) ? axes : new int[0];
  }

  /** Number of leading elements to sum over; 0 if the rest is not all of the other's shape. */
  private static long leading(Steps.Array from, Steps.Array to) {
    long[] shape = from.shape();
    int skip = 0;
    while (skip < to.shape().length && to.shape()[skip] == 1) {
      skip++;
    }
    long[] rest = Arrays.copyOfRange(to.shape(), skip, to.shape().length);
    int lead = shape.length - rest.length;
    boolean fits = lead >= 0 && Arrays.equals(Arrays.copyOfRange(shape, lead, shape.length), rest);
    return fits ? from.length() / Math.max(1, to.length()) : 0;
  }

  private static Steps.Array sum(Steps steps, Steps.Array from, Steps.Array to) {
    if (Arrays.equals(from.shape(), to.shape())) {
      return from;
    }
    if (to.length() == 1) {
      Steps.Array columns = steps.compute(new ColumnSum(), from.matrix());
      Steps.Array total = steps.compute(new ColumnSum(), columns.reshaped(columns.length(), 1));
      return total.reshaped(to.shape());
    }
    if (leading(from, to) == 0) {
      Sum sum = new Sum();
      sum.setDimensions(spread(from, to));
      sum.setKeepDims(true);
      return steps.compute(sum, to.shape(), from);
    }
    Steps.Array flat = from.reshaped(leading(from, to), to.length());
    return steps.compute(new ColumnSum(), flat).reshaped(to.shape());
  }
}
