package org.normfree.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.FeedForward;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.model.text.DecoderLm;
import org.normfree.core.model.text.DecoderLmConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.train.Trainer;

/** The networks of the benches, and the numbers that all peers start from. */
final class Networks {
  private static final long SEED = 1;

  private Networks() {}

  static Network build(Workload.Training workload) {
    return workload instanceof Workload.Lm lm ? decoder(lm) : transformer((Workload.Vit) workload);
  }

  private static Network decoder(Workload.Lm lm) {
    DecoderLmConfig config =
        new DecoderLmConfig(
            lm.vocabulary(),
            lm.width(),
            lm.depth(),
            lm.heads(),
            lm.hidden(),
            lm.length(),
            DecoderLmConfig.Positions.ROTARY,
            FeedForward.SWIGLU,
            false,
            false,
            0);
    return DecoderLm.build(config, method(lm.method()), DataType.FLOAT, SEED);
  }

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  private static Network transformer(Workload.Vit vit) {
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
    return VisionTransformer.build(config, method(vit.method()), DataType.FLOAT, SEED);
  }

  /** The parameters of the network and a batch, drawn once for all peers. */
  static Map<String, ArrayFile.Array> arrays(Workload.Training workload) {
    Map<String, ArrayFile.Array> arrays = new LinkedHashMap<>();
    Trainer.parameters(build(workload))
        .forEach(
            (name, array) ->
                arrays.put(
                    name,
                    new ArrayFile.Array(array.shape(), array.dup('c').data().asFloat().clone())));
    if (workload instanceof Workload.Lm lm) {
      text(lm, arrays);
    } else {
      images((Workload.Vit) workload, arrays);
    }
    return arrays;
  }

  /** Standard normal images, and a class for each. */
  private static void images(Workload.Vit vit, Map<String, ArrayFile.Array> arrays) {
    arrays.put(
        WorkloadFile.INPUT,
        normal(WorkloadFile.INPUT, vit.batch(), vit.image(), vit.image(), vit.channels()));
    float[] labels = new float[vit.batch() * vit.classes()];
    for (int i = 0; i < vit.batch(); i++) {
      labels[i * vit.classes() + i % vit.classes()] = 1;
    }
    arrays.put(
        WorkloadFile.LABELS, new ArrayFile.Array(new long[] {vit.batch(), vit.classes()}, labels));
  }

  /** Tokens drawn evenly, each followed by the next of its row. */
  private static void text(Workload.Lm lm, Map<String, ArrayFile.Array> arrays) {
    Rng random = Rng.of(SEED, "bench/tokens", 0);
    int count = lm.batch() * lm.length();
    float[] tokens = new float[count];
    float[] next = new float[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = (float) (int) (random.uniform() * lm.vocabulary());
    }
    for (int i = 0; i < count; i++) {
      next[i] = tokens[(i + 1) % count];
    }
    long[] shape = {lm.batch(), lm.length()};
    arrays.put(WorkloadFile.INPUT, new ArrayFile.Array(shape, tokens));
    arrays.put(WorkloadFile.LABELS, new ArrayFile.Array(shape, next));
  }

  /** What a step is fed with. */
  static Map<String, INDArray> batch(
      Workload.Training workload, Map<String, ArrayFile.Array> arrays) {
    INDArray input = array(arrays.get(WorkloadFile.INPUT));
    INDArray labels = array(arrays.get(WorkloadFile.LABELS));
    return workload instanceof Workload.Lm lm
        ? Map.of(
            Network.INPUT, input.castTo(DataType.INT32),
            Network.POSITIONS, Nd4j.arange(lm.length()).castTo(DataType.INT32),
            Network.TARGETS, labels.castTo(DataType.INT32))
        : Map.of(Network.INPUT, input, Network.LABELS, labels);
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
