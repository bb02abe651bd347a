package org.normfree.core.exec;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.config.SDValue;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;

/**
 * Runs a graph by SameDiff's own session, on any ND4J backend: what {@link SameDiff#output} and
 * {@link SameDiff#calculateGradientsAndOutputs} do, with the arrays of one call used again by the
 * next.
 *
 * <p>The gradient function is built at the first call of {@link #gradients}; the graph must not be
 * changed after that. One executor serves one thread at a time; several executors, each with a
 * graph of its own, work side by side.
 */
public final class StockExecutor implements GraphExecutor {
  private final SameDiff graph;
  private final List<Kernel> kernels;
  private final RecyclingMemory memory = new RecyclingMemory();
  private Session forward;
  private Differentiated ofTheLoss;
  private final Map<List<String>, Differentiated> ofEach = new HashMap<>();

  /** Gradients of one or several losses by one function, and what runs it. */
  private record Differentiated(List<GradientGraph> each, Session session) {}

  /**
   * With the kernels that there are.
   *
   * @param graph the graph; its loss is marked where gradients are wanted
   */
  public StockExecutor(SameDiff graph) {
    this(graph, Kernels.standard());
  }

  /**
   * @param graph the graph; its loss is marked where gradients are wanted
   * @param kernels what computes the project's ops, first choice first
   */
  public StockExecutor(SameDiff graph, List<Kernel> kernels) {
    this.graph = graph;
    this.kernels = List.copyOf(kernels);
  }

  @Override
  public Map<String, INDArray> output(Map<String, INDArray> placeholders, List<String> outputs) {
    if (forward == null) {
      forward = new Session(graph, memory);
    }
    memory.recycle();
    return Kernels.with(kernels, () -> forward.run(placeholders, outputs, Operation.INFERENCE));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A variable that the loss does not depend on has no gradient and is left out.
   *
   * @throws IllegalStateException if the graph has no loss or no trainable variable it depends on
   */
  @Override
  public Pass gradients(Map<String, INDArray> placeholders, List<String> outputs) {
    if (ofTheLoss == null) {
      ofTheLoss = differentiated(List.of(GradientGraph.of(graph)), placeholders);
    }
    return run(ofTheLoss, placeholders, outputs).only();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if a loss depends on no trainable variable
   */
  @Override
  public Passes gradientsOfEach(
      Map<String, INDArray> placeholders, List<String> outputs, List<String> losses) {
    Differentiated differentiated =
        ofEach.computeIfAbsent(
            List.copyOf(losses),
            names -> differentiated(GradientGraph.ofEach(graph, names), placeholders));
    return run(differentiated, placeholders, outputs);
  }

  private Differentiated differentiated(
      List<GradientGraph> each, Map<String, INDArray> placeholders) {
    // the backward pass of a loss of another shape fails, or does worse
    for (GradientGraph one : each) {
      output(placeholders, one.losses())
          .forEach((loss, value) -> GradientGraph.requireScalar(loss, value.shape()));
    }
    return new Differentiated(each, new Session(each.get(0).function(), memory));
  }

  private Passes run(
      Differentiated differentiated, Map<String, INDArray> placeholders, List<String> outputs) {
    List<String> wanted = GradientGraph.wanted(outputs, differentiated.each);
    memory.recycle();
    Map<String, INDArray> values =
        Kernels.with(
            kernels, () -> differentiated.session.run(placeholders, wanted, Operation.TRAINING));
    return GradientGraph.passes(outputs, differentiated.each, values);
  }

  /** Gives back the native memory of all arrays this executor used, save those it returned. */
  @Override
  public void close() {
    memory.close();
  }

  /** SameDiff's session, with memory that is kept from call to call. */
  private static final class Session extends InferenceSession {
    private final RecyclingMemory memory;

    Session(SameDiff graph, RecyclingMemory memory) {
      super(graph);
      this.memory = memory;
      setMmgr(memory);
    }

    Map<String, INDArray> run(
        Map<String, INDArray> placeholders, List<String> outputs, Operation operation) {
      NativeThreads.adopt();
      // SameDiff adds the id of every array it ever dropped
      freedArrays.clear();
      Map<String, SDValue> values =
          output(
                  outputs,
                  placeholders,
                  Map.of(),
                  null,
                  List.of(),
                  List.of(),
                  At.defaultAt(operation))
              .getValueOutputs();
      Map<String, INDArray> arrays = new LinkedHashMap<>();
      Set<Long> taken = memoryOf(placeholders.values());
      sameDiff.variables().stream()
          .filter(variable -> variable.getVariableType() != VariableType.ARRAY)
          .map(SDVariable::getArr)
          .filter(Objects::nonNull)
          .forEach(array -> taken.add(memoryOf(array)));
      for (String name : outputs) {
        INDArray array = values.get(name).getTensorValue();
        boolean apart = array.isEmpty() || taken.add(memoryOf(array));
        if (apart) {
          memory.handedOut(array);
        }
        arrays.put(name, apart ? array : array.dup());
      }
      return arrays;
    }

    private static Set<Long> memoryOf(Collection<INDArray> arrays) {
      return arrays.stream()
          .filter(array -> !array.isEmpty())
          .map(Session::memoryOf)
          .collect(Collectors.toCollection(HashSet::new));
    }

    /** Where the buffer lies that an array is a view of. */
    private static long memoryOf(INDArray array) {
      DataBuffer buffer = array.data();
      return buffer.originalDataBuffer() == null
          ? buffer.address()
          : buffer.originalDataBuffer().address();
    }
  }
}
