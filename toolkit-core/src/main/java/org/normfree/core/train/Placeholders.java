package org.normfree.core.train;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.HostBuffer;

/**
 * Turns batches into a network's placeholder values. The arrays are used again for every batch of
 * the same size, so that native memory does not grow.
 */
final class Placeholders {
  private final Network network;
  private final long seed;
  private final Map<Key, INDArray> arrays = new HashMap<>();

  private record Key(String name, int size) {}

  Placeholders(Network network, long seed) {
    this.network = network;
    this.seed = seed;
  }

  /** Values for training: noise masks drawn from seed, name and step alone. */
  Map<String, INDArray> training(Batch batch, long step) {
    Map<String, INDArray> values = data(batch);
    for (Network.Noise noise : network.noises()) {
      Rng random = Rng.of(seed, "noise/" + noise.name(), step);
      double kept = 1 / (1 - noise.rate());
      values.put(
          noise.name(),
          fill(
              array(noise.name(), batch.size(), noise.shape()),
              i -> random.uniform() < noise.rate() ? 0 : kept));
    }
    return values;
  }

  /** Values for evaluation: noise masks are 1. */
  Map<String, INDArray> evaluation(Batch batch) {
    Map<String, INDArray> values = data(batch);
    for (Network.Noise noise : network.noises()) {
      values.put(noise.name(), fill(array(noise.name(), batch.size(), noise.shape()), i -> 1));
    }
    return values;
  }

  private Map<String, INDArray> data(Batch batch) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    values.put(Network.INPUT, data(Network.INPUT, batch.size(), batch.input()));
    values.put(Network.LABELS, data(Network.LABELS, batch.size(), batch.labels()));
    return values;
  }

  private INDArray data(String name, int size, float[] elements) {
    INDArray array = array(name, size, variable(name).placeholderShape());
    if (array.length() != elements.length) {
      throw new IllegalArgumentException(
          "a batch of %d has %d elements of %s, but the network takes %s"
              .formatted(size, elements.length, name, Arrays.toString(array.shape())));
    }
    if (array.dataType() == DataType.FLOAT) {
      HostBuffer.floats(array).put(0, elements);
      HostBuffer.written(array);
      return array;
    }
    return fill(array, i -> elements[i]);
  }

  private INDArray array(String name, int size, long[] shape) {
    return arrays.computeIfAbsent(
        new Key(name, size),
        key -> {
          long[] full = Arrays.stream(shape).map(d -> d == -1 ? size : d).toArray();
          return Nd4j.create(variable(name).dataType(), full, 'c');
        });
  }

  private SDVariable variable(String name) {
    return network.graph().getVariable(name);
  }

  private static INDArray fill(INDArray array, IntToDoubleFunction element) {
    int length = Math.toIntExact(array.length());
    if (array.dataType() == DataType.FLOAT) {
      FloatBuffer buffer = HostBuffer.floats(array);
      for (int i = 0; i < length; i++) {
        buffer.put(i, (float) element.applyAsDouble(i));
      }
    } else {
      DoubleBuffer buffer = HostBuffer.doubles(array);
      for (int i = 0; i < length; i++) {
        buffer.put(i, element.applyAsDouble(i));
      }
    }
    HostBuffer.written(array);
    return array;
  }
}
