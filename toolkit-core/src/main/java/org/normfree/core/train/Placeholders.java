package org.normfree.core.train;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
 * Turns batches into a network's placeholder values; what the network does not read is left out.
 * The arrays are used again for every batch of the same shapes, so that native memory does not
 * grow.
 */
final class Placeholders {
  private final Network network;
  private final long seed;
  private final Map<Key, INDArray> arrays = new HashMap<>();

  private record Key(String name, List<Long> shape) {}

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
          fill(noise(noise, values), i -> random.uniform() < noise.rate() ? 0 : kept));
    }
    return values;
  }

  /** Values for evaluation: noise masks are 1. */
  Map<String, INDArray> evaluation(Batch batch) {
    Map<String, INDArray> values = data(batch);
    for (Network.Noise noise : network.noises()) {
      values.put(noise.name(), fill(noise(noise, values), i -> 1));
    }
    return values;
  }

  private INDArray noise(Network.Noise noise, Map<String, INDArray> data) {
    long[] shape =
        Arrays.stream(noise.shape())
            .map(
                length ->
                    length >= 0
                        ? length
                        : length == Network.BATCH
                            ? data.get(Network.INPUT).size(0)
                            : length == Network.LENGTH
                                ? data.get(Network.INPUT).size(1)
                                : data.get(Network.DECODER_INPUT).size(1))
            .toArray();
    return array(noise.name(), shape);
  }

  private Map<String, INDArray> data(Batch batch) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    batch
        .feeds()
        .forEach(
            (name, feed) -> {
              if (network.graph().hasVariable(name)) {
                values.put(name, data(name, feed));
              }
            });
    return values;
  }

  private INDArray data(String name, Batch.Feed feed) {
    requireFits(name, feed.shape());
    INDArray array = array(name, feed.shape());
    if (feed instanceof Batch.Reals reals && array.dataType() == DataType.FLOAT) {
      HostBuffer.floats(array).put(0, reals.elements());
      HostBuffer.written(array);
      return array;
    } else if (feed instanceof Batch.Reals reals && array.dataType() == DataType.DOUBLE) {
      return fill(array, i -> reals.elements()[i]);
    } else if (feed instanceof Batch.Integers ids && array.dataType() == DataType.INT32) {
      HostBuffer.ints(array).put(0, ids.elements());
      HostBuffer.written(array);
      return array;
    }
    throw new IllegalArgumentException(
        "the batch has %s for %s, but the network takes %s"
            .formatted(feed.getClass().getSimpleName(), name, array.dataType()));
  }

  private void requireFits(String name, long... shape) {
    long[] wanted = variable(name).placeholderShape();
    boolean fits = wanted.length == shape.length;
    for (int axis = 0; fits && axis < shape.length; axis++) {
      fits = wanted[axis] == -1 || wanted[axis] == shape[axis];
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "the batch has %s of shape %s, but the network takes %s"
              .formatted(name, Arrays.toString(shape), Arrays.toString(wanted)));
    }
  }

  private INDArray array(String name, long... shape) {
    return arrays.computeIfAbsent(
        new Key(name, Arrays.stream(shape).boxed().toList()),
        key -> Nd4j.create(variable(name).dataType(), shape, 'c'));
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
