package org.normfree.core.train;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Collections;
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
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.HostBuffer;

/**
 * Turns batches into a graph's placeholder values: what the batch brings, what is random, what
 * sources give. What the graph does not read is left out. The arrays are used again for every batch
 * of the same shapes, so that native memory does not grow.
 */
final class Inputs {
  private final Network network;
  private final String owner;
  private final long seed;
  private final Map<String, String> reads;
  private final Map<Key, INDArray> arrays = new HashMap<>();

  private record Key(String name, List<Long> shape) {}

  /**
   * @param network its graph's placeholders are filled
   * @param owner sets the random inputs of several networks apart; empty for the trained one
   * @param seed seed of the random inputs
   */
  Inputs(Network network, String owner, long seed) {
    this(network, owner, seed, Map.of());
  }

  /**
   * @param reads placeholders that take what has another name in the batch or the other graph, and
   *     that name
   */
  Inputs(Network network, String owner, long seed, Map<String, String> reads) {
    this.network = network;
    this.reads = reads;
    this.owner = owner;
    this.seed = seed;
  }

  /**
   * The values of a pass.
   *
   * @param pass the batch, and what for
   * @param drawn whether random inputs are drawn, as in training
   * @param given values of placeholders of the same names in another graph
   * @param sources fill what is still open, in order
   */
  Map<String, INDArray> of(
      Source.Pass pass, boolean drawn, Map<String, INDArray> given, List<Source> sources) {
    Map<String, INDArray> values = data(pass.batch());
    given.forEach(
        (name, value) -> {
          if (takes(name)) {
            values.putIfAbsent(name, value);
          }
        });
    reads.forEach((name, from) -> values.put(name, read(name, from, pass.batch(), given)));
    // what is random here is so even where the other graph has a random input of the same name
    for (RandomInput random : network.randoms()) {
      values.put(random.name(), random(random, drawn, pass, values));
    }
    for (Source source : sources) {
      if (source.placeholders().stream().anyMatch(network.graph()::hasVariable)) {
        source
            .values(pass, Collections.unmodifiableMap(values))
            .forEach(
                (name, value) -> {
                  if (network.graph().hasVariable(name)) {
                    requireFits(name, value.shape());
                    values.put(name, value);
                  }
                });
      }
    }
    return values;
  }

  /** Whether it is a placeholder of the graph, and one that reads its own name. */
  private boolean takes(String name) {
    return network.graph().hasVariable(name)
        && variable(name).isPlaceHolder()
        && !reads.containsKey(name);
  }

  private INDArray read(String name, String from, Batch batch, Map<String, INDArray> given) {
    Batch.Feed feed = batch.feeds().get(from);
    if (feed != null) {
      return data(name, feed);
    }
    INDArray value = given.get(from);
    if (value == null) {
      throw new IllegalArgumentException(
          "%s is to be read from %s, which the batch does not bring; it has %s"
              .formatted(name, from, batch.feeds().keySet()));
    }
    requireFits(name, value.shape());
    return value;
  }

  private INDArray random(
      RandomInput random, boolean drawn, Source.Pass pass, Map<String, INDArray> values) {
    long[] shape = random.shape().stream().mapToLong(size -> size.among(values)).toArray();
    INDArray array = array(random.name(), shape);
    Distribution distribution = random.distribution();
    if (drawn) {
      return fill(array, distribution.draw(rng("noise/", random, pass.step()), shape));
    }
    return fill(
        array,
        random.inEvaluation() == RandomInput.InEvaluation.NEUTRAL
            ? distribution.neutral(shape)
            : distribution.draw(rng("evaluation/", random, pass.index()), shape));
  }

  private Rng rng(String purpose, RandomInput random, long index) {
    return Rng.of(seed, purpose + owner + random.name(), index);
  }

  /**
   * What a metric reads beside the graph's variables.
   *
   * @param names placeholders of the graph, or other things that the batch brings
   * @param values the pass's values
   */
  Map<String, INDArray> read(List<String> names, Batch batch, Map<String, INDArray> values) {
    Map<String, INDArray> read = new LinkedHashMap<>();
    for (String name : names) {
      INDArray value = values.get(name);
      if (value == null) {
        Batch.Feed feed = batch.feeds().get(name);
        if (feed == null) {
          throw new IllegalArgumentException(
              "a metric reads %s, which is neither fed nor in the batch; the batch has %s"
                  .formatted(name, batch.feeds().keySet()));
        }
        DataType type = feed instanceof Batch.Integers ? DataType.INT32 : DataType.FLOAT;
        value = filled(array(name, type, feed.shape()), name, feed);
      }
      read.put(name, value);
    }
    return read;
  }

  private Map<String, INDArray> data(Batch batch) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    batch
        .feeds()
        .forEach(
            (name, feed) -> {
              if (takes(name)) {
                values.put(name, data(name, feed));
              }
            });
    return values;
  }

  private INDArray data(String name, Batch.Feed feed) {
    requireFits(name, feed.shape());
    return filled(array(name, feed.shape()), name, feed);
  }

  private static INDArray filled(INDArray array, String name, Batch.Feed feed) {
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
    return array(name, variable(name).dataType(), shape);
  }

  private INDArray array(String name, DataType type, long... shape) {
    return arrays.computeIfAbsent(
        new Key(name, Arrays.stream(shape).boxed().toList()), key -> Nd4j.create(type, shape, 'c'));
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
    } else if (array.dataType() == DataType.INT32) {
      IntBuffer buffer = HostBuffer.ints(array);
      for (int i = 0; i < length; i++) {
        buffer.put(i, (int) element.applyAsDouble(i));
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
