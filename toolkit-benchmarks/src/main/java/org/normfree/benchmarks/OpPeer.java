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
import org.normfree.core.op.DeepNorm;
import org.normfree.core.op.DeepNormGradient;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.LayerNorm;
import org.normfree.core.op.LayerNormGradient;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.RmsNorm;
import org.normfree.core.op.RmsNormGradient;
import org.normfree.core.op.Squash;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/**
 * DyT or a norm by the toolkit, forward and backward: as a compiled plan runs it where a kernel
 * prepares it, else as ND4J executes it; with {@code -Dnormfree.kernels=nd4j} always the latter.
 */
final class OpPeer implements Peer {
  private final List<INDArray> results = new ArrayList<>();
  private final Team team;
  private final Runnable forward;
  private final Runnable backward;

  OpPeer(Workload.Op op, Map<String, ArrayFile.Array> arrays, int threads) {
    team = new Team(threads);
    List<INDArray> inputs =
        op.inputs().stream().map(name -> Families.array(arrays.get(name))).toList();
    INDArray x = inputs.get(0);
    results.add(x.ulike());
    if (op.op().equals(Workload.Op.COPY)) {
      Task copy = Roofline.copy(x, results.get(0), threads);
      forward = () -> team.run(List.of(copy));
      backward = () -> {};
      return;
    }
    inputs.forEach(input -> results.add(input.ulike()));
    List<INDArray> saved = new ArrayList<>(inputs);
    if (!op.op().equals("dyt") && inputs.size() > 2) {
      saved.remove(saved.size() - 1); // a norm's gradients do not depend on its bias
    }
    saved.add(Families.array(arrays.get(WorkloadFile.UPSTREAM)));
    Pair pair = Pair.of(op.op(), inputs);
    forward = work(pair.forward(), inputs, results.subList(0, 1), threads);
    backward = work(pair.gradient(), saved, results.subList(1, results.size()), threads);
  }

  /** An op and its gradient. */
  private record Pair(NormfreeOp forward, NormfreeOp gradient) {
    static Pair of(String name, List<INDArray> inputs) {
      double epsilon = Workload.Training.EPSILON;
      return switch (name) {
        case "dyt" -> {
          Pair pair = new Pair(new DynamicActivation(), new DynamicActivationGradient());
          long[] attributes =
              new DynamicActivation(
                      Squash.TANH, inputs.get(0), inputs.get(1), null, inputs.get(2), inputs.get(3))
                  .iArgs();
          pair.forward.addIArgument(attributes);
          pair.gradient.addIArgument(attributes);
          yield pair;
        }
        case "deep-norm" ->
            new Pair(new DeepNorm(), new DeepNormGradient()).with(Workload.Op.ALPHA, epsilon);
        case "layer-norm" -> new Pair(new LayerNorm(), new LayerNormGradient()).with(epsilon);
        case "rms-norm" -> new Pair(new RmsNorm(), new RmsNormGradient()).with(epsilon);
        default -> throw new IllegalArgumentException("unknown op '" + name + "'");
      };
    }

    private Pair with(double... attributes) {
      forward.addTArgument(attributes);
      gradient.addTArgument(attributes);
      return this;
    }
  }

  private Runnable work(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs, int threads) {
    Optional<Task> task = prepared(op, inputs, outputs, threads);
    if (task.isPresent()) {
      List<Task> tasks = List.of(task.get());
      return () -> team.run(tasks);
    }
    inputs.forEach(op::addInputArgument);
    outputs.forEach(op::addOutputArgument);
    return () -> Nd4j.exec(op);
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
    for (String name : op.inputs()) {
      arrays.put(
          name,
          switch (name) {
            case "alpha" -> new ArrayFile.Array(new long[] {1}, new float[] {0.7f});
            case WorkloadFile.INPUT, "branch" -> Draw.normal(name, op.rows(), op.width());
            default -> Draw.normal(name, op.width());
          });
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
    forward.run();
    backward.run();
  }

  @Override
  public void forward() {
    forward.run();
  }

  @Override
  public void close() {
    team.close();
  }
}
