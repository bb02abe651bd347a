package org.normfree.core.exec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.BaseCompatOp;
import org.nd4j.linalg.api.ops.impl.layers.ExternalErrorsFunction;
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
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.bp.AddBpOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.bp.MulBpOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.api.ops.random.BaseRandomOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.normfree.core.op.ColumnSum;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.NormfreeOp;

/**
 * Turns a SameDiff graph into a {@link Program} for the shapes of one call: only what the outputs
 * need, in the graph's order; what is known already is computed once; reshapes are other views of
 * the same memory; linear maps and gradients of sums and products become the products and sums they
 * are made of, so that those that nobody needs fall away.
 */
final class Lowering {
  private final SameDiff graph;
  private final Set<String> moving;
  private final Set<String> needed = new HashSet<>();
  private final Map<String, Operand> environment = new HashMap<>();
  private final Map<String, Value> placeholders = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final ShapeInference shapes = new ShapeInference();
  private long tensorBytes;

  private Lowering(SameDiff graph, Set<String> moving) {
    this.graph = graph;
    this.moving = moving;
  }

  /**
   * @param graph the graph
   * @param given a value for every placeholder; only shapes and types are looked at
   * @param outputs names of the wanted variables
   * @param moving names of constants that change in place between calls
   * @throws NotCompilableException if the graph has control flow or shapes that depend on values
   */
  static Program lower(
      SameDiff graph, Map<String, INDArray> given, Collection<String> outputs, Set<String> moving) {
    Lowering lowering = new Lowering(graph, moving);
    List<SameDiffOp> order = lowering.order(outputs);
    lowering.given(given, outputs);
    try {
      order.forEach(lowering::lower);
    } finally {
      lowering.shapes.close();
    }
    Map<String, Operand> wanted = new LinkedHashMap<>();
    outputs.forEach(name -> wanted.put(name, lowering.environment.get(name)));
    return new Program(lowering.nodes, lowering.placeholders, wanted, lowering.tensorBytes);
  }

  /** The ops that the outputs need, in the order they stand in the graph if that is one to run. */
  private List<SameDiffOp> order(Collection<String> outputs) {
    Set<String> ops = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (!needed.add(name)) {
        continue;
      }
      Variable variable = graph.getVariables().get(name);
      if (variable == null) {
        throw new IllegalArgumentException(
            "the graph has no variable %s; expected one of its variables".formatted(name));
      }
      String producer = variable.getOutputOfOp();
      if (producer != null && ops.add(producer)) {
        SameDiffOp op = graph.getOps().get(producer);
        refuseControlFlow(op);
        if (op.getInputsToOp() != null) {
          open.addAll(op.getInputsToOp());
        }
      }
    }
    List<SameDiffOp> order = new ArrayList<>(ops.size());
    for (SameDiffOp op : graph.getOps().values()) {
      if (ops.contains(op.getName())) {
        order.add(op);
      }
    }
    return runnable(order) ? order : sorted(order);
  }

  private boolean runnable(List<SameDiffOp> order) {
    Set<String> done = new HashSet<>();
    for (SameDiffOp op : order) {
      for (String input : inputs(op)) {
        if (graph.getVariables().get(input).getOutputOfOp() != null && !done.contains(input)) {
          return false;
        }
      }
      done.addAll(op.getOutputsOfOp());
    }
    return true;
  }

  private List<SameDiffOp> sorted(List<SameDiffOp> ops) {
    Map<String, Integer> missing = new HashMap<>();
    Map<String, List<SameDiffOp>> waiting = new HashMap<>();
    Deque<SameDiffOp> ready = new ArrayDeque<>();
    for (SameDiffOp op : ops) {
      Set<String> producers = new HashSet<>();
      for (String input : inputs(op)) {
        String producer = graph.getVariables().get(input).getOutputOfOp();
        if (producer != null && producers.add(producer)) {
          waiting.computeIfAbsent(producer, p -> new ArrayList<>()).add(op);
        }
      }
      missing.put(op.getName(), producers.size());
      if (producers.isEmpty()) {
        ready.add(op);
      }
    }
    List<SameDiffOp> order = new ArrayList<>(ops.size());
    while (!ready.isEmpty()) {
      SameDiffOp op = ready.poll();
      order.add(op);
      for (SameDiffOp next : waiting.getOrDefault(op.getName(), List.of())) {
        if (missing.merge(next.getName(), -1, Integer::sum) == 0) {
          ready.add(next);
        }
      }
    }
    if (order.size() < ops.size()) {
      throw new NotCompilableException("the graph has a cycle");
    }
    return order;
  }

  private static List<String> inputs(SameDiffOp op) {
    return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
  }

  private static void refuseControlFlow(SameDiffOp op) {
    DifferentialFunction function = op.getOp();
    boolean controlFlow =
        function instanceof BaseCompatOp
            || function instanceof BaseTensorOp
            || function instanceof Assert
            || function instanceof ExternalErrorsFunction
            || function instanceof CreateView
            || function.getClass().getSimpleName().equals("Invoke");
    if (controlFlow) {
      throw new NotCompilableException(
          "op %s (%s) is control flow".formatted(op.getName(), function.opName()));
    }
  }

  /** Binds what no op computes. */
  private void given(Map<String, INDArray> given, Collection<String> outputs) {
    for (String name : needed) {
      Variable variable = graph.getVariables().get(name);
      if (variable.getOutputOfOp() != null) {
        continue;
      }
      VariableType kind = variable.getVariable().getVariableType();
      Value value;
      if (kind == VariableType.PLACEHOLDER) {
        INDArray array = given.get(name);
        if (array == null) {
          throw new IllegalArgumentException(
              "no value for placeholder %s; expected one for each placeholder that %s depend on"
                  .formatted(name, outputs));
        }
        refuseEmpty(name, array);
        value = Value.placeholder(name, variable.getVariable().dataType(), array.shape());
        placeholders.put(name, value);
      } else {
        INDArray array = graph.getArrForVarName(name);
        refuseEmpty(name, array);
        boolean fixed = kind == VariableType.CONSTANT && !moving.contains(name);
        value = Value.of(name, fixed ? Value.Kind.FOLDED : Value.Kind.VARIABLE, array);
      }
      bind(name, Operand.of(value));
    }
  }

  private static void refuseEmpty(String name, INDArray array) {
    if (array.isEmpty()) {
      throw new NotCompilableException("%s is empty".formatted(name));
    }
  }

  private void bind(String name, Operand operand) {
    environment.put(name, operand);
    tensorBytes += operand.length() * operand.type().width();
  }

  private void lower(SameDiffOp op) {
    List<Operand> inputs = inputs(op).stream().map(environment::get).toList();
    DifferentialFunction function = op.getOp();
    if (!lowerKnown(op, function, inputs)) {
      general(op, function, inputs);
    }
  }

  /** Ops that need no node, or other nodes. */
  private boolean lowerKnown(SameDiffOp op, DifferentialFunction function, List<Operand> inputs) {
    List<String> outputs = op.getOutputsOfOp();
    if (function instanceof Identity) {
      bind(outputs.get(0), inputs.get(0));
    } else if (function instanceof Linear) {
      linear(outputs.get(0), inputs);
    } else if (function instanceof LinearGradient) {
      linearGradient(outputs, inputs);
    } else if (function instanceof AddBpOp) {
      return sumGradient(outputs, inputs);
    } else if (function instanceof MulBpOp) {
      return productGradient(outputs, inputs);
    } else {
      return false;
    }
    return true;
  }

  private void linear(String y, List<Operand> inputs) {
    Operand x = inputs.get(0);
    Operand weight = inputs.get(1);
    boolean bias = inputs.size() > 2;
    List<Operand> operands = new ArrayList<>(inputs);
    operands.set(0, x.matrix());
    long[] shape = x.shape().clone();
    shape[shape.length - 1] = weight.shape()[1];
    Operand product = compute(y, new MatrixProduct(false, false, bias, false), operands);
    bind(y, product.reshaped(shape));
  }

  private void linearGradient(List<String> outputs, List<Operand> inputs) {
    Operand x = inputs.get(0);
    Operand upstream = inputs.get(2).matrix();
    if (needed.contains(outputs.get(0))) {
      Operand dx =
          compute(
              outputs.get(0),
              new MatrixProduct(false, true, false, false),
              List.of(upstream, inputs.get(1)));
      bind(outputs.get(0), dx.reshaped(x.shape()));
    }
    if (needed.contains(outputs.get(1))) {
      MatrixProduct toWeight = new MatrixProduct(true, false, false, false);
      bind(outputs.get(1), compute(outputs.get(1), toWeight, List.of(x.matrix(), upstream)));
    }
    if (outputs.size() > 2 && needed.contains(outputs.get(2))) {
      bind(outputs.get(2), compute(outputs.get(2), new ColumnSum(), List.of(upstream)));
    }
  }

  /** {@code z = x + y}: the gradients are the upstream one, summed where an input broadcast. */
  private boolean sumGradient(List<String> outputs, List<Operand> inputs) {
    Operand upstream = inputs.get(2);
    for (int i = 0; i < 2; i++) {
      if (needed.contains(outputs.get(i)) && !sums(upstream, inputs.get(i))) {
        return false;
      }
    }
    for (int i = 0; i < 2; i++) {
      if (needed.contains(outputs.get(i))) {
        bind(outputs.get(i), sum(outputs.get(i), upstream, inputs.get(i)));
      }
    }
    return true;
  }

  /** {@code z = x·y}: the gradients are the upstream one times the other input. */
  private boolean productGradient(List<String> outputs, List<Operand> inputs) {
    Operand upstream = inputs.get(2);
    for (int i = 0; i < 2; i++) {
      if (needed.contains(outputs.get(i))) {
        boolean lowers = sums(upstream, inputs.get(i)) && broadcasts(inputs.get(1 - i), upstream);
        if (!lowers) {
          return false;
        }
      }
    }
    for (int i = 0; i < 2; i++) {
      String name = outputs.get(i);
      if (needed.contains(name)) {
        Value product = Value.computed(name, upstream.type(), upstream.shape());
        nodes.add(
            new Node(
                new MulOp(), List.of(upstream, inputs.get(1 - i)), List.of(Operand.of(product))));
        bind(name, sum(name, Operand.of(product), inputs.get(i)));
      }
    }
    return true;
  }

  private static boolean broadcasts(Operand small, Operand large) {
    int lead = large.shape().length - small.shape().length;
    if (lead < 0) {
      return false;
    }
    for (int axis = 0; axis < small.shape().length; axis++) {
      if (small.shape()[axis] != 1 && small.shape()[axis] != large.shape()[lead + axis]) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@link #sum} can sum an operand to the shape of another. */
  private static boolean sums(Operand from, Operand to) {
    return from.sameShape(to) || to.length() == 1 || leading(from, to) > 0;
  }

  /** Number of leading elements to sum over; 0 if the rest is not all of the other's shape. */
  private static long leading(Operand from, Operand to) {
    int skip = 0;
    while (skip < to.shape().length && to.shape()[skip] == 1) {
      skip++;
    }
    long[] rest = Arrays.copyOfRange(to.shape(), skip, to.shape().length);
    int lead = from.shape().length - rest.length;
    boolean fits =
        lead >= 0
            && Arrays.equals(Arrays.copyOfRange(from.shape(), lead, from.shape().length), rest);
    return fits ? from.length() / Math.max(1, to.length()) : 0;
  }

  private Operand sum(String name, Operand from, Operand to) {
    if (from.sameShape(to)) {
      return from;
    }
    if (to.length() == 1) {
      Operand columns = compute(name, new ColumnSum(), List.of(from.matrix()));
      Operand total =
          compute(name, new ColumnSum(), List.of(columns.reshaped(columns.length(), 1)));
      return total.reshaped(to.shape());
    }
    Operand flat = from.reshaped(leading(from, to), to.length());
    return compute(name, new ColumnSum(), List.of(flat)).reshaped(to.shape());
  }

  /** Adds a node for an op of the project with one output, which need not be the graph's. */
  private Operand compute(String name, NormfreeOp op, List<Operand> inputs) {
    long[] shape = op.shapes(inputs.stream().map(Operand::shape).toList()).get(0);
    Operand output = Operand.of(Value.computed(name, inputs.get(0).type(), shape));
    nodes.add(new Node(op, inputs, List.of(output)));
    return output;
  }

  private void general(SameDiffOp op, DifferentialFunction function, List<Operand> inputs) {
    List<String> names = op.getOutputsOfOp();
    if (function instanceof NormfreeOp ours) {
      List<long[]> inferred = ours.shapes(inputs.stream().map(Operand::shape).toList());
      List<Operand> outputs = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        outputs.add(
            Operand.of(Value.computed(names.get(i), inputs.get(0).type(), inferred.get(i))));
        bind(names.get(i), outputs.get(i));
      }
      nodes.add(new Node(function, inputs, outputs));
      return;
    }
    boolean foldable =
        !(function instanceof BaseRandomOp)
            && (dependsOnShapesOnly(function)
                || inputs.stream().allMatch(i -> i.value().kind() == Value.Kind.FOLDED));
    if (!(function instanceof CustomOp) && !(function instanceof BaseOp)) {
      throw new NotCompilableException(
          "op %s (%s) is neither a custom nor a legacy op"
              .formatted(op.getName(), function.opName()));
    }
    List<LongShapeDescriptor> inferred = shapes.infer(op, inputs);
    List<Operand> outputs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      SDVariable variable = graph.getVariable(names.get(i));
      if (inferred.get(i).isEmpty()) {
        throw new NotCompilableException("%s is empty".formatted(names.get(i)));
      }
      outputs.add(
          Operand.of(
              Value.computed(names.get(i), variable.dataType(), inferred.get(i).getShape())));
    }
    if (foldable && inferred.stream().mapToLong(Lowering::length).sum() <= MOST_FOLDED) {
      fold(op, inputs, outputs);
    } else if (isView(function)) {
      bind(names.get(0), inputs.get(0).reshaped(outputs.get(0).shape()));
    } else {
      for (int i = 0; i < names.size(); i++) {
        bind(names.get(i), outputs.get(i));
      }
      nodes.add(new Node(function, inputs, outputs));
    }
  }

  /** What is larger is computed at each call instead of kept. */
  private static final long MOST_FOLDED = 1 << 24;

  /** How ND4J's reshape is told to read its input column by column. */
  private static final long FORTRAN_ORDER = -'f';

  private static long length(LongShapeDescriptor descriptor) {
    return Arrays.stream(descriptor.getShape()).reduce(1, (a, b) -> a * b);
  }

  private static boolean isView(DifferentialFunction function) {
    boolean rowMajor =
        function instanceof Reshape reshape
            && (reshape.iArgs().length == 0 || reshape.iArgs()[0] != FORTRAN_ORDER);
    return rowMajor || function instanceof ExpandDims || function instanceof Squeeze;
  }

  private static boolean dependsOnShapesOnly(DifferentialFunction function) {
    return function instanceof Shape
        || function instanceof Size
        || function instanceof SizeAt
        || function instanceof ZerosLike
        || function instanceof OnesLike;
  }

  private void fold(SameDiffOp op, List<Operand> inputs, List<Operand> outputs) {
    INDArray[] results = shapes.execute(op, inputs, outputs);
    for (int i = 0; i < results.length; i++) {
      String name = op.getOutputsOfOp().get(i);
      bind(name, Operand.of(Value.of(name, Value.Kind.FOLDED, results[i])));
    }
  }
}
