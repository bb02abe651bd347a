package org.normfree.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.benchmarks.family.Families;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.train.Trainer;

/** Trains a network by the toolkit, as {@code Trainer} does, with one of its executors. */
final class NetworkPeer implements Peer {
  /** Place in {@link #report} of the bytes a plan's arena takes; there if the executor plans. */
  static final int PLANNED_BYTES = 2;

  /** Place in {@link #report} of the bytes that a buffer for every tensor would take. */
  static final int SEPARATE_BYTES = 3;

  private static final double NANOS = 1e9;
  private static final List<String> OUTPUTS = List.of(Network.LOSS);

  private final Workload.Training workload;
  private final Map<String, ArrayFile.Array> arrays;
  private final String way;
  private final int threads;
  private GraphExecutor executor;
  private AdamW optimizer;
  private Map<String, INDArray> batch;
  private double buildSeconds;
  private double firstSeconds;

  NetworkPeer(
      Workload.Training workload,
      Map<String, ArrayFile.Array> arrays,
      String executor,
      int threads) {
    this.workload = workload;
    this.arrays = arrays;
    this.way = executor;
    this.threads = threads;
    build();
  }

  private void build() {
    long start = System.nanoTime();
    Network network =
        way.equals("samediff") ? Families.plain(workload).orElseThrow() : Families.build(workload);
    buildSeconds = (System.nanoTime() - start) / NANOS;
    Map<String, INDArray> parameters = Trainer.parameters(network);
    parameters.forEach((name, array) -> array.assign(Families.array(arrays.get(name))));
    batch = Families.batch(network, arrays);
    optimizer =
        new AdamW(parameters, ParameterGroup.byRank(parameters, Workload.Training.DECAY, false));
    executor = Executors.create(way, network.graph(), threads);
  }

  @Override
  public void restart() {
    executor.close();
    build();
  }

  @Override
  public double[] check(int steps) {
    return IntStream.range(0, steps).mapToDouble(i -> train()).toArray();
  }

  @Override
  public void step() {
    train();
  }

  @Override
  public void pass() {
    loss(gradients());
  }

  @Override
  public void forward() {
    executor.output(batch, OUTPUTS).get(Network.LOSS).getDouble(0);
  }

  private double train() {
    GraphExecutor.Pass pass = gradients();
    double loss = loss(pass);
    optimizer.step(Workload.Training.RATE, pass.gradients());
    return loss;
  }

  private GraphExecutor.Pass gradients() {
    long start = System.nanoTime();
    GraphExecutor.Pass pass = executor.gradients(batch, OUTPUTS);
    if (firstSeconds == 0) {
      firstSeconds = (System.nanoTime() - start) / NANOS;
    }
    return pass;
  }

  /**
   * Seconds in which the network was built; seconds of the first forward and backward pass, which
   * differentiates and compiles; the bytes named above, if the executor plans.
   */
  @Override
  public double[] report() {
    return Executors.bytes(executor)
        .map(bytes -> new double[] {buildSeconds, firstSeconds, bytes.planned(), bytes.separate()})
        .orElseGet(() -> new double[] {buildSeconds, firstSeconds});
  }

  private static double loss(GraphExecutor.Pass pass) {
    return pass.outputs().get(Network.LOSS).getDouble(0);
  }

  @Override
  public void close() {
    executor.close();
  }
}
