package org.normfree.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;

/** Trains a network by libtorch. */
final class TorchNetwork implements Peer {
  private final TorchModule module;
  private final NDArray inputs;
  private final NDArray classes;

  TorchNetwork(Workload.Training workload, Map<String, ArrayFile.Array> arrays)
      throws IOException {
    boolean text = workload instanceof Workload.Lm;
    LossScript script =
        workload instanceof Workload.Lm lm
            ? new LmScript(lm, arrays)
            : new VitScript((Workload.Vit) workload, arrays);
    module = new TorchModule(Training.NAME, script.source(), Training.LISTS);
    ArrayFile.Array input = arrays.get(WorkloadFile.INPUT);
    ArrayFile.Array labels = arrays.get(WorkloadFile.LABELS);
    NDArray flat = text ? module.integers(integers(input)) : module.array(input);
    inputs = flat.reshape(new Shape(input.shape()));
    classes = module.integers(text ? integers(labels) : classes(labels));
    NDList start = new NDList();
    for (ArrayFile.Array value : script.values()) {
      NDArray parameter = module.array(value);
      parameter.setName("p[]");
      start.add(parameter);
    }
    start.add(module.array(new ArrayFile.Array(new long[0], new float[1])));
    module.call("initialize", start.toArray(new NDArray[0])).close();
  }

  private static long[] integers(ArrayFile.Array array) {
    long[] integers = new long[array.elements().length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (long) array.elements()[i];
    }
    return integers;
  }

  private static long[] classes(ArrayFile.Array oneHot) {
    int count = (int) oneHot.shape()[1];
    return IntStream.range(0, (int) oneHot.shape()[0])
        .mapToLong(
            row ->
                IntStream.range(0, count)
                    .filter(c -> oneHot.elements()[row * count + c] == 1)
                    .findFirst()
                    .orElseThrow())
        .toArray();
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

  private double run(String method) {
    return module.numbers(method, inputs, classes)[0];
  }

  @Override
  public void close() {
    module.close();
  }
}
