package org.normfree.libtorch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.normfree.benchmarks.peer.ArrayFile;

/** A TorchScript module in libtorch, whose methods take and give arrays. */
final class TorchModule implements AutoCloseable {
  private final PtNDManager manager;
  private final PtSymbolBlock block;
  private final ParameterStore unused;

  /**
   * @param name the class's name
   * @param source the class
   * @param lists its attributes of type {@code List[Tensor]}
   */
  TorchModule(String name, String source, List<String> lists) throws IOException {
    manager = (PtNDManager) NDManager.newBaseManager("PyTorch");
    unused = new ParameterStore(manager, false);
    JniUtils.setGradMode(true);
    // eager kernels: the graph optimizer is no faster here and takes more memory
    JniUtils.setGraphExecutorOptimize(false);
    block = JniUtils.loadModule(manager, TorchArchive.of(name, source, lists), false, false);
  }

  NDArray array(ArrayFile.Array array) {
    return manager.create(array.elements(), new Shape(array.shape()));
  }

  /** An array of integers. */
  NDArray integers(ArrayFile.Array array) {
    float[] elements = array.elements();
    long[] values = new long[elements.length];
    Arrays.setAll(values, i -> (long) elements[i]);
    return manager.create(values, new Shape(array.shape()));
  }

  /** A method's result; arrays of the name {@code x[]} go in as one list. */
  NDList call(String method, NDArray... inputs) {
    try (NDArray name = manager.create(0f)) {
      // DJL takes the method's name from an array's
      name.setName("module_method:" + method);
      NDList list = new NDList(inputs);
      list.add(name);
      return block.forward(unused, list, true);
    }
  }

  /** A method's result as numbers, everything it made freed. */
  float[] numbers(String method, NDArray... inputs) {
    try (NDList result = call(method, inputs)) {
      return result.get(0).toFloatArray();
    }
  }

  /** The same in double precision. */
  double[] doubles(String method, NDArray... inputs) {
    float[] numbers = numbers(method, inputs);
    double[] values = new double[numbers.length];
    Arrays.setAll(values, i -> numbers[i]);
    return values;
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
