package org.normfree.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.Workload;

/** Trains a network by libtorch. */
final class TorchNetwork implements Peer {
  private final TorchModule module;
  private final NDArray[] inputs;
  private final NDArray[] start;

  TorchNetwork(Workload.Training workload, Map<String, ArrayFile.Array> arrays) throws IOException {
    LossScript script = Scripts.of(workload, arrays);
    module = new TorchModule(Training.NAME, script.source(), Training.LISTS);
    inputs =
        script.inputs().stream()
            .map(
                input ->
                    input.integers() ? module.integers(input.array()) : module.array(input.array()))
            .toArray(NDArray[]::new);
    NDList given = new NDList();
    for (ArrayFile.Array value : script.values()) {
      NDArray parameter = module.array(value);
      parameter.setName("given[]");
      given.add(parameter);
    }
    given.add(module.array(new ArrayFile.Array(new long[0], new float[1])));
    start = given.toArray(new NDArray[0]);
    restart();
  }

  @Override
  public void restart() {
    module.call("initialize", start).close();
  }

  @Override
  public double[] check(int steps) {
    return IntStream.range(0, steps).mapToDouble(i -> run("step")).toArray();
  }

  @Override
  public void step() {
    run("step");
  }

  @Override
  public void pass() {
    run("passes");
  }

  @Override
  public void forward() {
    run("evaluate");
  }

  private double run(String method) {
    return module.numbers(method, inputs)[0];
  }

  @Override
  public void close() {
    module.close();
  }
}
