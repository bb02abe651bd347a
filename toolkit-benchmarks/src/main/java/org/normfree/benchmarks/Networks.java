package org.normfree.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.ViTConfig;
import org.normfree.core.model.VisionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.train.Trainer;

/** The networks of the benches, and the numbers that all peers start from. */
final class Networks {
  private static final long SEED = 1;

  private Networks() {}

  static Network build(Workload.Vit vit) {
    ViTConfig config =
        new ViTConfig(
            vit.image(),
            vit.image(),
            vit.channels(),
            vit.classes(),
            vit.patch(),
            vit.width(),
            vit.depth(),
            vit.heads(),
            4,
            ViTConfig.Pooling.MEAN,
            0);
    return VisionTransformer.build(
        config, Methods.create(vit.method(), MethodOptions.DEFAULTS), DataType.FLOAT, SEED);
  }

  /** The parameters of the network, standard normal images, and a class for each. */
  static Map<String, ArrayFile.Array> arrays(Workload.Vit vit) {
    Map<String, ArrayFile.Array> arrays = new LinkedHashMap<>();
    Trainer.parameters(build(vit))
        .forEach(
            (name, array) ->
                arrays.put(
                    name,
                    new ArrayFile.Array(array.shape(), array.dup('c').data().asFloat().clone())));
    arrays.put(
        WorkloadFile.INPUT,
        normal(WorkloadFile.INPUT, vit.batch(), vit.image(), vit.image(), vit.channels()));
    float[] labels = new float[vit.batch() * vit.classes()];
    for (int i = 0; i < vit.batch(); i++) {
      labels[i * vit.classes() + i % vit.classes()] = 1;
    }
    arrays.put(
        WorkloadFile.LABELS, new ArrayFile.Array(new long[] {vit.batch(), vit.classes()}, labels));
    return arrays;
  }

  /** An op's inputs and upstream gradient, drawn so that nothing is zero or saturated. */
  static Map<String, ArrayFile.Array> arrays(Workload.Op op) {
    Map<String, ArrayFile.Array> arrays = new LinkedHashMap<>();
    arrays.put(WorkloadFile.INPUT, normal(WorkloadFile.INPUT, op.rows(), op.width()));
    if (op.op().equals("dyt")) {
      arrays.put("alpha", new ArrayFile.Array(new long[] {1}, new float[] {0.7f}));
      arrays.put("gamma", normal("gamma", op.width()));
      arrays.put("beta", normal("beta", op.width()));
    } else {
      arrays.put("gain", normal("gain", op.width()));
      arrays.put("bias", normal("bias", op.width()));
    }
    arrays.put(WorkloadFile.UPSTREAM, normal(WorkloadFile.UPSTREAM, op.rows(), op.width()));
    return arrays;
  }

  static INDArray array(ArrayFile.Array array) {
    return Nd4j.createFromArray(array.elements()).reshape(array.shape());
  }

  private static ArrayFile.Array normal(String name, long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    Rng random = Rng.of(SEED, "bench/" + name, 0);
    float[] elements = new float[Math.toIntExact(length)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) random.gaussian();
    }
    return new ArrayFile.Array(shape, elements);
  }
}
