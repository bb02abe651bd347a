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
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.normfree.core.op.Nd4jTraits;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.Traits;

/**
 * Turns a SameDiff graph into a {@link Program} for the shapes of one call: only what the outputs
 * need, in the graph's order; what is known already is computed once; what is made of simpler
 * steps, as the ops say themselves, becomes those of them that somebody needs.
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
   * @param scalars names of variables, the losses, that must have one element
   * @throws NotCompilableException if the graph has control flow or shapes that depend on values
   * @throws IllegalArgumentException if a loss has more than one element
   */
  static Program lower(
      SameDiff graph,
      Map<String, INDArray> given,
      Collection<String> outputs,
      Set<String> moving,
      Set<String> scalars) {
    Lowering lowering = new Lowering(graph, moving);
    List<String> all = new ArrayList<>(outputs);
    all.addAll(scalars);
    List<SameDiffOp> order = lowering.order(all);
    lowering.given(given, all);
    try {
      order.forEach(lowering::lower);
    } finally {
      lowering.shapes.close();
    }
    scalars.forEach(
        loss -> GradientGraph.requireScalar(loss, lowering.environment.get(loss).shape()));
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
    if (!Nd4jTraits.of(function).isCompilable()) {
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
    Traits traits = Nd4jTraits.of(function);
    Steps steps = new Steps(op, inputs);
    boolean known = inputs.stream().allMatch(i -> i.value().kind() == Value.Kind.FOLDED);
    boolean foldable = traits.isPure() && (known || traits.dependsOnShapesOnly());
    if (foldable && steps.outputLength() <= MOST_FOLDED) {
      fold(op, inputs, steps.outputs());
    } else if (!traits.lower(steps)) {
      List<Operand> outputs = steps.outputs();
      for (int i = 0; i < outputs.size(); i++) {
        bind(op.getOutputsOfOp().get(i), outputs.get(i));
      }
      nodes.add(new Node(function, inputs, outputs));
    }
  }

  /** An op's place in the program, for the op to say what is to stand there. */
  private final class Steps implements org.normfree.core.op.Steps {
    private final SameDiffOp op;
    private final List<Operand> inputs;
    private List<Operand> outputs;

    Steps(SameDiffOp op, List<Operand> inputs) {
      this.op = op;
      this.inputs = inputs;
    }

    @Override
    public Operand input(int index) {
      return inputs.get(index);
    }

    @Override
    public int inputs() {
      return inputs.size();
    }

    @Override
    public boolean wants(int output) {
      return needed.contains(op.getOutputsOfOp().get(output));
    }

    @Override
    public long[] shape(int output) {
      return outputs().get(output).shape();
    }

    @Override
    public Operand compute(DifferentialFunction step, long[] shape, Array... operands) {
      List<Operand> read = Arrays.stream(operands).map(Operand.class::cast).toList();
      Operand output = Operand.of(Value.computed(op.getName(), read.get(0).type(), shape));
      nodes.add(new Node(step, read, List.of(output)));
      return output;
    }

    @Override
    public Operand compute(NormfreeOp step, Array... operands) {
      List<long[]> shapes = Arrays.stream(operands).map(Array::shape).toList();
      return compute(step, step.shapes(shapes).get(0), operands);
    }

    @Override
    public void result(int output, Array value) {
      bind(op.getOutputsOfOp().get(output), (Operand) value);
    }

    /** The op's own outputs. */
    List<Operand> outputs() {
      if (outputs == null) {
        outputs = op.getOp() instanceof NormfreeOp ours ? own(ours) : inferred();
      }
      return outputs;
    }

    long outputLength() {
      return outputs().stream().mapToLong(Operand::length).sum();
    }

    private List<Operand> own(NormfreeOp ours) {
      List<long[]> shapes = ours.shapes(inputs.stream().map(Operand::shape).toList());
      List<Operand> own = new ArrayList<>();
      for (int i = 0; i < op.getOutputsOfOp().size(); i++) {
        String name = op.getOutputsOfOp().get(i);
        own.add(Operand.of(Value.computed(name, inputs.get(0).type(), shapes.get(i))));
      }
      return own;
    }

    private List<Operand> inferred() {
      DifferentialFunction function = op.getOp();
      if (!(function instanceof CustomOp) && !(function instanceof BaseOp)) {
        throw new NotCompilableException(
            "op %s (%s) is neither a custom nor a legacy op"
                .formatted(op.getName(), function.opName()));
      }
      List<LongShapeDescriptor> shapes = Lowering.this.shapes.infer(op, inputs);
      List<Operand> own = new ArrayList<>();
      for (int i = 0; i < op.getOutputsOfOp().size(); i++) {
        String name = op.getOutputsOfOp().get(i);
        if (shapes.get(i).isEmpty()) {
          throw new NotCompilableException("%s is empty".formatted(name));
        }
        DataType type = graph.getVariable(name).dataType();
        own.add(Operand.of(Value.computed(name, type, shapes.get(i).getShape())));
      }
      return own;
    }
  }

  /** What is larger is computed at each call instead of kept. */
  private static final long MOST_FOLDED = 1 << 24;

  private void fold(SameDiffOp op, List<Operand> inputs, List<Operand> outputs) {
    INDArray[] results = shapes.execute(op, inputs, outputs);
    for (int i = 0; i < results.length; i++) {
      String name = op.getOutputsOfOp().get(i);
      bind(name, Operand.of(Value.of(name, Value.Kind.FOLDED, results[i])));
    }
  }
}
