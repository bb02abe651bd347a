package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.benchmarks.family.Draw;
import org.normfree.benchmarks.family.Families;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.LayerNorm;
import org.normfree.core.op.LayerNormGradient;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.Squash;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/**
 * DyT or layer norm by the toolkit, forward and backward: as a compiled plan runs it where a kernel
 * prepares it, else as ND4J executes it; with {@code -Dnormfree.kernels=nd4j} always the latter.
 */
final class OpPeer implements Peer {
  private final List<INDArray> results = new ArrayList<>();
  private final Team team;
  private final List<Runnable> work = new ArrayList<>();
  private final List<Task> tasks = new ArrayList<>();

  OpPeer(Workload.Op op, Map<String, ArrayFile.Array> arrays, int threads) {
    team = new Team(threads);
    INDArray x = Families.array(arrays.get(WorkloadFile.INPUT));
    INDArray upstream = Families.array(arrays.get(WorkloadFile.UPSTREAM));
    NormfreeOp gradient;
    NormfreeOp forward;
    List<INDArray> inputs;
    List<INDArray> saved;
    if (op.op().equals("dyt")) {
      INDArray alpha = Families.array(arrays.get("alpha"));
      INDArray gamma = Families.array(arrays.get("gamma"));
      INDArray beta = Families.array(arrays.get("beta"));
      inputs = List.of(x, alpha, gamma, beta);
      saved = List.of(x, alpha, gamma, beta, upstream);
      forward = new DynamicActivation();
      gradient = new DynamicActivationGradient();
      long[] attributes = new DynamicActivation(Squash.TANH, x, alpha, null, gamma, beta).iArgs();
      forward.addIArgument(attributes);
      gradient.addIArgument(attributes);
    } else {
      INDArray gain = Families.array(arrays.get("gain"));
      inputs = List.of(x, gain, Families.array(arrays.get("bias")));
      saved = List.of(x, gain, upstream);
      forward = new LayerNorm();
      forward.addTArgument(Workload.Training.EPSILON);
      gradient = new LayerNormGradient();
      gradient.addTArgument(Workload.Training.EPSILON);
    }
    results.add(x.ulike());
    inputs.forEach(input -> results.add(input.ulike()));
    add(forward, inputs, results.subList(0, 1), threads);
    add(gradient, saved, results.subList(1, results.size()), threads);
  }

  private void add(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs, int threads) {
    Optional<Task> task = prepared(op, inputs, outputs, threads);
    if (task.isPresent()) {
      tasks.add(task.get());
      return;
    }
    inputs.forEach(op::addInputArgument);
    outputs.forEach(op::addOutputArgument);
    work.add(() -> Nd4j.exec(op));
  }

  private static Optional<Task> prepared(
      NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs, int threads) {
    if (System.getProperty("normfree.kernels", "auto").equals("nd4j")) {
      return Optional.empty();
    }
    List<Tensor> from = inputs.stream().map(Tensor::of).toList();
    List<Tensor> to = outputs.stream().map(Tensor::of).toList();
    return ServiceLoader.load(Kernel.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(kernel -> kernel.missing().isEmpty())
        .flatMap(kernel -> kernel.prepare(op, from, to, threads).stream())
        .findFirst();
  }

  /** An op's inputs and upstream gradient, drawn so that nothing is zero or saturated. */
  static Map<String, ArrayFile.Array> arrays(Workload.Op op) {
    Map<String, ArrayFile.Array> arrays = new LinkedHashMap<>();
    arrays.put(WorkloadFile.INPUT, Draw.normal(WorkloadFile.INPUT, op.rows(), op.width()));
    if (op.op().equals("dyt")) {
      arrays.put("alpha", new ArrayFile.Array(new long[] {1}, new float[] {0.7f}));
      arrays.put("gamma", Draw.normal("gamma", op.width()));
      arrays.put("beta", Draw.normal("beta", op.width()));
    } else {
      arrays.put("gain", Draw.normal("gain", op.width()));
      arrays.put("bias", Draw.normal("bias", op.width()));
    }
    arrays.put(WorkloadFile.UPSTREAM, Draw.normal(WorkloadFile.UPSTREAM, op.rows(), op.width()));
    return arrays;
  }

  @Override
  public double[] check(int steps) {
    pass();
    return results.stream()
        .mapToDouble(r -> r.castTo(DataType.DOUBLE).norm1Number().doubleValue())
        .toArray();
  }

  @Override
  public void step() {
    pass();
  }

  @Override
  public void pass() {
    work.forEach(Runnable::run);
    if (!tasks.isEmpty()) {
      team.run(tasks);
    }
  }

  @Override
  public void close() {
    team.close();
  }
}
