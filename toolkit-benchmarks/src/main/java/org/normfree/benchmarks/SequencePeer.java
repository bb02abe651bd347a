package org.normfree.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.benchmarks.family.Draw;
import org.normfree.benchmarks.family.Families;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.op.Ops;

/** An op on sequences by the toolkit: a graph of its own, by one of the executors. */
final class SequencePeer implements Peer {
  private static final String OUTPUT = "y";

  /** Around which δ and its bias lie, so that steps are as a Mamba block begins with. */
  private static final double SMALL = -2.3;

  private final SameDiff graph = SameDiff.create();
  private final List<String> inputs;
  private final GraphExecutor executor;

  SequencePeer(
      Workload.Sequence op, Map<String, ArrayFile.Array> arrays, String executor, int threads) {
    Map<String, SDVariable> in = new LinkedHashMap<>();
    inputs = op.inputs();
    inputs.forEach(name -> in.put(name, variable(name, arrays)));
    SDVariable upstream =
        graph.constant(WorkloadFile.UPSTREAM, Families.array(arrays.get(WorkloadFile.UPSTREAM)));
    SDVariable y =
        switch (op.op()) {
          case Workload.Sequence.SCAN -> scan(in);
          case Workload.Sequence.CONVOLUTION -> convolution(in);
          default -> attention(op, in);
        };
    y.mul(upstream).sum("loss");
    graph.setLossVariables("loss");
    this.executor = Executors.create(executor, graph, threads);
  }

  private SDVariable variable(String name, Map<String, ArrayFile.Array> arrays) {
    return graph.var(name, Families.array(arrays.get(name)));
  }

  private SDVariable scan(Map<String, SDVariable> in) {
    return Ops.of(graph)
        .selectiveScan(
            OUTPUT,
            in.get(WorkloadFile.INPUT),
            in.get("delta"),
            in.get("a"),
            in.get("b"),
            in.get("c"),
            in.get("skip"),
            in.get("gate"),
            in.get("bias"),
            true,
            false);
  }

  private SDVariable convolution(Map<String, SDVariable> in) {
    return Ops.of(graph)
        .longConvolution(OUTPUT, in.get(WorkloadFile.INPUT), in.get("filter"), in.get("skip"));
  }

  private SDVariable attention(Workload.Sequence op, Map<String, SDVariable> in) {
    return Ops.of(graph)
        .attention(
            OUTPUT,
            in.get(WorkloadFile.INPUT),
            in.get("key"),
            in.get("value"),
            op.states(),
            op.op().equals(Workload.Sequence.CAUSAL),
            null,
            null);
  }

  /** An op's inputs and what its output's elements are multiplied with. */
  static Map<String, ArrayFile.Array> arrays(Workload.Sequence op) {
    long[] sequences = {op.batch(), op.length(), op.channels()};
    Map<String, ArrayFile.Array> arrays = new LinkedHashMap<>();
    arrays.put(WorkloadFile.INPUT, Draw.normal(WorkloadFile.INPUT, sequences));
    List<String> inputs = op.inputs();
    if (inputs.contains("key")) {
      arrays.put("key", Draw.normal("key", sequences));
      arrays.put("value", Draw.normal("value", sequences));
    }
    if (op.op().equals(Workload.Sequence.SCAN)) {
      arrays.put("delta", moved(SMALL, Draw.normal("delta", sequences)));
      arrays.put("a", Draw.of(i -> -(1 + i % op.states()), op.channels(), op.states()));
      arrays.put("b", Draw.normal("b", op.batch(), op.length(), op.states()));
      arrays.put("c", Draw.normal("c", op.batch(), op.length(), op.states()));
      arrays.put("gate", Draw.normal("gate", sequences));
      arrays.put("bias", moved(SMALL, Draw.normal("bias", op.channels())));
    }
    if (inputs.contains("filter")) {
      arrays.put("filter", Draw.normal("filter", op.length(), op.channels()));
    }
    if (inputs.contains("skip")) {
      arrays.put("skip", Draw.normal("skip", op.channels()));
    }
    arrays.put(WorkloadFile.UPSTREAM, Draw.normal(WorkloadFile.UPSTREAM, sequences));
    return arrays;
  }

  private static ArrayFile.Array moved(double by, ArrayFile.Array array) {
    return Draw.of(i -> array.elements()[i] + by, array.shape());
  }

  /** Sums over the magnitudes of the output and of each input's gradient. */
  @Override
  public double[] check(int steps) {
    GraphExecutor.Pass pass = executor.gradients(Map.of(), List.of(OUTPUT));
    return DoubleStream.concat(
            DoubleStream.of(magnitude(pass.outputs().get(OUTPUT))),
            inputs.stream().mapToDouble(name -> magnitude(pass.gradients().get(name))))
        .toArray();
  }

  private static double magnitude(INDArray array) {
    float[] elements = array.castTo(DataType.FLOAT).dup('c').data().asFloat();
    double sum = 0;
    for (float element : elements) {
      sum += Math.abs(element);
    }
    return sum;
  }

  @Override
  public void step() {
    pass();
  }

  @Override
  public void pass() {
    executor.gradients(Map.of(), List.of());
  }

  /** Bytes of the plan's arena, if the executor plans. */
  @Override
  public double[] report() {
    return Executors.bytes(executor)
        .map(bytes -> new double[] {bytes.planned()})
        .orElseGet(() -> new double[0]);
  }

  @Override
  public void close() {
    executor.close();
  }
}
