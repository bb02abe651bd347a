package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/** A program with a place in memory for every value and a prepared task for every node. */
final class Plan implements AutoCloseable {
  private final Program program;
  private final Layout layout;
  private final Arena arena;
  private final PointerScope natives;
  private final List<Task> tasks = new ArrayList<>();
  private final List<String> kernels = new ArrayList<>();
  private final long[] nanos;
  private final List<Value> variables;
  private final Map<Value, INDArray> slots = new HashMap<>();
  private final Map<String, INDArray> placeholders = new LinkedHashMap<>();
  private final Map<String, INDArray> outputs = new LinkedHashMap<>();
  private long runs;

  /**
   * Prepares everything.
   *
   * @param program what is to be run
   * @param available kernels, first choice first
   * @param threads size of the team that will run it
   */
  @SuppressWarnings(
      "unchecked") // an older JavaCPP, the CUDA build's, has a varargs constructor only
  Plan(Program program, List<Kernel> available, int threads) {
    this.program = program;
    List<Value> moved =
        program.nodes().stream()
            .flatMap(n -> n.inputs().stream())
            .map(Operand::value)
            .filter(v -> v.array() != null && !NormfreeOp.isRowMajor(v.array()))
            .distinct()
            .toList();
    variables =
        program.nodes().stream()
            .flatMap(n -> n.inputs().stream())
            .map(Operand::value)
            .filter(v -> v.kind() == Value.Kind.VARIABLE)
            .distinct()
            .toList();
    layout = Layout.of(program, moved);
    arena = new Arena(layout.size());
    moved.forEach(value -> slots.put(value, array(Operand.of(value))));
    program
        .placeholders()
        .forEach((name, value) -> placeholders.put(name, array(Operand.of(value))));
    program.outputs().forEach((name, operand) -> outputs.put(name, array(operand)));
    nanos = new long[program.nodes().size()];
    Arrays.fill(nanos, Long.MAX_VALUE);
    try (PointerScope scope = new PointerScope()) {
      for (Node node : program.nodes()) {
        prepare(node, available, threads);
      }
      natives = scope.extend();
    }
  }

  private void prepare(Node node, List<Kernel> available, int threads) {
    List<Tensor> inputs = node.inputs().stream().map(this::tensor).toList();
    List<Tensor> results = node.outputs().stream().map(this::tensor).toList();
    for (Kernel kernel : available) {
      Optional<Task> task = kernel.prepare(node.op(), inputs, results, threads);
      if (task.isPresent()) {
        tasks.add(task.get());
        kernels.add(kernel.name());
        return;
      }
    }
    tasks.add(Task.serial(byNd4j(node)));
    kernels.add("nd4j");
  }

  private Runnable byNd4j(Node node) {
    List<INDArray> results = node.outputs().stream().map(this::array).toList();
    List<INDArray> inputs = node.inputs().stream().map(this::array).toList();
    if (node.op() instanceof NormfreeOp op) {
      return () -> reference(op, inputs, results);
    }
    return new Nd4jCall(node.op(), inputs).writingTo(results)::run;
  }

  /** An op's reference arithmetic may read an input after it has written an output. */
  private static void reference(NormfreeOp op, List<INDArray> inputs, List<INDArray> results) {
    OpContext context = Nd4j.getExecutioner().buildContext();
    try {
      for (int i = 0; i < inputs.size(); i++) {
        INDArray input = inputs.get(i);
        long address = input.data().address();
        boolean overwritten = results.stream().anyMatch(r -> r.data().address() == address);
        context.setInputArray(i, overwritten ? input.dup('c') : input);
      }
      for (int i = 0; i < results.size(); i++) {
        context.setOutputArray(i, results.get(i));
      }
      op.execute(context, NormfreeOp.Shortcut.NONE);
    } finally {
      context.purge();
    }
  }

  private Tensor tensor(Operand operand) {
    long first = operand.first() * operand.type().width();
    Long offset = layout.offset(operand.value());
    long start =
        offset == null ? Tensor.of(operand.value().array()).address() : arena.address(offset);
    return new Tensor(start + first, operand.type(), operand.shape());
  }

  private INDArray array(Operand operand) {
    Long offset = layout.offset(operand.value());
    if (offset == null) {
      return operand.value().array().reshape(operand.shape());
    }
    long first = offset + operand.first() * operand.type().width();
    return arena.array(first, operand.type(), operand.shape());
  }

  /** Whether the graph's variables still are the arrays this plan was prepared for. */
  boolean reads(SameDiff graph) {
    for (Value variable : variables) {
      if (graph.getArrForVarName(variable.name()) != variable.array()) {
        return false;
      }
    }
    return true;
  }

  /** Runs all steps; the outputs are the plan's own arrays. */
  Map<String, INDArray> run(Team team, Map<String, INDArray> given, boolean profiled) {
    placeholders.forEach((name, slot) -> slot.assign(given.get(name)));
    slots.forEach((value, slot) -> slot.assign(value.array()));
    if (profiled) {
      runs++;
      for (int i = 0; i < tasks.size(); i++) {
        long before = System.nanoTime();
        team.run(tasks.subList(i, i + 1));
        nanos[i] = Math.min(nanos[i], System.nanoTime() - before);
      }
    } else {
      team.run(tasks);
    }
    return outputs;
  }

  long arenaBytes() {
    return layout.size();
  }

  long tensorBytes() {
    return program.tensorBytes();
  }

  /** A line a step: op, kernel, shapes, bytes and, if profiled, its shortest time. */
  String explain() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < program.nodes().size(); i++) {
      Node node = program.nodes().get(i);
      long bytes =
          node.inputs().stream().mapToLong(Plan::bytes).sum()
              + node.outputs().stream().mapToLong(Plan::bytes).sum();
      text.append(
          "%4d  %-8s %-38s %s -> %s  %d B"
              .formatted(
                  i,
                  kernels.get(i),
                  node.op().opName(),
                  shapes(node.inputs()),
                  shapes(node.outputs()),
                  bytes));
      if (runs > 0) {
        text.append(
            String.format(
                Locale.ROOT,
                "  %.1f us  %.1f GB/s",
                nanos[i] / 1e3,
                (double) bytes / Math.max(1, nanos[i])));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static long bytes(Operand operand) {
    return operand.length() * operand.type().width();
  }

  private static String shapes(List<Operand> operands) {
    return operands.stream().map(Operand::toString).collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    natives.deallocate();
    arena.close();
  }
}
