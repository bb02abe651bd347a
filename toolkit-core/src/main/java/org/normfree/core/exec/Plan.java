package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Leases;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.task.Schedule;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/** A program with a place in memory for every value and a prepared task for every node. */
final class Plan implements AutoCloseable {
  /**
   * An op that reads and writes no more is prepared for one thread: its data fits the first-level
   * cache of one core and would have to travel to the other's.
   */
  private static final long SMALL_BYTES = 1 << 16;

  private final Program program;
  private final Layout layout;
  private final Memory memory;
  private final PointerScope natives;
  private final Leases leases = new Leases();
  private final List<Task> tasks = new ArrayList<>();
  private final Schedule schedule;
  private final List<String> kernels = new ArrayList<>();
  private final long[] nanos;
  private final List<Value> variables;
  private final Map<Value, INDArray> slots = new LinkedHashMap<>();
  private final Map<String, INDArray> placeholders = new LinkedHashMap<>();
  private final Map<String, INDArray> outputs = new LinkedHashMap<>();
  private long scratchBytes;
  private long bytesAlone;
  private long runs;

  /**
   * Memory that the plans of an executor share.
   *
   * @param arena for what is needed during a run only
   * @param results for what is handed out
   */
  record Memory(Arena arena, Arena results) {}

  /**
   * Prepares everything.
   *
   * @param program what is to be run
   * @param layout where its values lie in the memory
   * @param available kernels, first choice first
   * @param threads size of the team that will run it
   * @param memory what it may use, and extend
   */
  @SuppressWarnings(
      "unchecked") // an older JavaCPP, the CUDA build's, has a varargs constructor only
  Plan(Program program, Layout layout, List<Kernel> available, int threads, Memory memory) {
    this.program = program;
    this.layout = layout;
    this.memory = memory;
    variables =
        inputs(program).filter(value -> value.kind() == Value.Kind.VARIABLE).distinct().toList();
    memory.arena().growTo(layout.arenaEnd());
    memory.results().growTo(layout.resultEnd());
    moved(program).forEach(value -> slots.put(value, array(Operand.of(value))));
    program
        .placeholders()
        .forEach((name, value) -> placeholders.put(name, array(Operand.of(value))));
    program.outputs().forEach((name, operand) -> outputs.put(name, array(operand)));
    nanos = new long[program.nodes().size()];
    Arrays.fill(nanos, Long.MAX_VALUE);
    try (PointerScope scope = new PointerScope()) {
      leases.during(() -> program.nodes().forEach(node -> prepare(node, available, threads)));
      natives = scope.extend();
    }
    leases.during(this::placeScratch);
    schedule = new Schedule(tasks);
  }

  private static Stream<Value> inputs(Program program) {
    return program.nodes().stream().flatMap(node -> node.inputs().stream()).map(Operand::value);
  }

  /** Arrays that do not lie as a kernel wants them, of which a plan keeps a copy. */
  static List<Value> moved(Program program) {
    return inputs(program)
        .filter(value -> value.array() != null && !NormfreeOp.isRowMajor(value.array()))
        .distinct()
        .toList();
  }

  private void placeScratch() {
    long[] bytes = tasks.stream().mapToLong(Task::scratchBytes).toArray();
    scratchBytes = Arrays.stream(bytes).max().orElse(0);
    Map<Integer, Long> scratch = layout.scratch(bytes, memory.arena().holes());
    memory.arena().growTo(layout.scratchEnd());
    scratch.forEach((node, offset) -> tasks.get(node).place(memory.arena().address(offset)));
    List<Value> atStart = new ArrayList<>(program.placeholders().values());
    atStart.addAll(slots.keySet());
    LayoutCheck.check(program, layout, atStart, scratch, bytes);
  }

  private void prepare(Node node, List<Kernel> available, int threads) {
    List<Tensor> inputs = node.inputs().stream().map(this::tensor).toList();
    List<Tensor> results = node.outputs().stream().map(this::tensor).toList();
    boolean small = bytes(node) <= SMALL_BYTES;
    for (Kernel kernel : available) {
      Optional<Task> task = kernel.prepare(node.op(), inputs, results, small ? 1 : threads);
      if (task.isPresent()) {
        tasks.add(small ? Task.alone(task.get()) : task.get());
        kernels.add(kernel.name());
        return;
      }
    }
    tasks.add(Task.serial(byNd4j(node)));
    kernels.add("nd4j");
  }

  private static long bytes(Node node) {
    return Stream.concat(node.inputs().stream(), node.outputs().stream())
        .mapToLong(Operand::bytes)
        .sum();
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
    long start =
        layout
            .place(operand.value())
            .map(place -> arena(place).address(place.offset()))
            .orElseGet(() -> Tensor.of(operand.value().array()).address());
    return new Tensor(start + first, operand.type(), operand.shape());
  }

  private INDArray array(Operand operand) {
    long first = operand.first() * operand.type().width();
    return layout
        .place(operand.value())
        .map(place -> arena(place).array(place.offset() + first, operand.type(), operand.shape()))
        .orElseGet(() -> operand.value().array().reshape(operand.shape()));
  }

  private Arena arena(Layout.Place place) {
    return place.result() ? memory.results() : memory.arena();
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

  /** Runs all steps; the outputs lie in the memory of results, until the next run of any plan. */
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
      team.run(schedule);
    }
    return new LinkedHashMap<>(outputs);
  }

  /** Bytes that a program takes in memory that it shares with no other, without scratch memory. */
  static long bytesAlone(Program program) {
    Layout alone = Layout.of(program, moved(program), new Holes(0), new Holes(0));
    return alone.arenaEnd() + alone.resultEnd();
  }

  /** Bytes that this plan would take in memory that it shared with no other. */
  long bytesAlone() {
    if (bytesAlone == 0) {
      bytesAlone = bytesAlone(program) + scratchBytes;
    }
    return bytesAlone;
  }

  /** Most bytes of the shared memory that are in use at the same time. */
  long arenaBytes() {
    return layout.peak() + scratchBytes;
  }

  long tensorBytes() {
    return program.tensorBytes();
  }

  /** A line a step: op, kernel, shapes, bytes and, if profiled, its shortest time. */
  String explain() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < program.nodes().size(); i++) {
      Node node = program.nodes().get(i);
      long bytes = bytes(node);
      text.append(
          String.format(
              Locale.ROOT,
              "%4d  %-8s %-38s %s -> %s  %d B",
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

  private static String shapes(List<Operand> operands) {
    return operands.stream().map(Operand::toString).collect(Collectors.joining(", "));
  }

  /** Frees what was prepared; the memory is the executor's. */
  @Override
  public void close() {
    leases.close();
    natives.deallocate();
  }
}
