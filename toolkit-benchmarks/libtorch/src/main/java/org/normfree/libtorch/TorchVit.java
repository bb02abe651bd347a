package org.normfree.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;

/** Trains a Vision Transformer by libtorch. */
final class TorchVit implements Peer {
  private final TorchModule module;
  private final NDArray images;
  private final NDArray classes;

  TorchVit(Workload.Vit vit, Map<String, ArrayFile.Array> arrays) throws IOException {
    VitScript script = new VitScript(vit, arrays);
    module = new TorchModule(Training.NAME, script.source(), Training.LISTS);
    images = module.array(arrays.get(WorkloadFile.INPUT));
    classes = module.integers(classes(arrays.get(WorkloadFile.LABELS)));
    NDList inputs = new NDList();
    for (ArrayFile.Array value : script.values()) {
      NDArray parameter = module.array(value);
      parameter.setName("p[]");
      inputs.add(parameter);
    }
    inputs.add(module.array(new ArrayFile.Array(new long[0], new float[1])));
    module.call("initialize", inputs.toArray(new NDArray[0])).close();
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
    return module.numbers(method, images, classes)[0];
  }

  @Override
  public void close() {
    module.close();
  }
}
