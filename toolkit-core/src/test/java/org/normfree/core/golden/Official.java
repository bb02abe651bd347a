package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.nn.Network;

/**
 * Names and layouts of an official code's parameters in terms of the project's. A parameter of the
 * project is a view of an official one: the whole of it, or one of several parts along its first
 * axis, with its axes in another order.
 */
public final class Official {
  private static final int[] LINEAR = {1, 0};
  private static final int[] CONVOLUTION = {2, 3, 1, 0};
  private static final int[] SEQUENCE = {2, 1, 0};

  private final Map<String, Source> sources = new LinkedHashMap<>();

  /**
   * Where a parameter comes from.
   *
   * @param name the official name
   * @param rows which of the parts along the first axis
   * @param reversed whether the last axis runs the other way
   * @param axes the official axes in the project's order; empty for the same
   */
  private record Source(String name, Rows rows, boolean reversed, int... axes) {
    Source(String name, int part, int parts, int... axes) {
      this(name, new Rows(part, parts, -1, -1), false, axes);
    }

    INDArray of(INDArray official) {
      INDArray own = turned(official);
      if (rows.parts > 1) {
        long from = rows.first(official.size(0));
        own = own.get(NDArrayIndex.interval(from, from + rows.count(official.size(0))));
      }
      return axes.length == 0 ? own.dup('c') : own.permute(axes).dup('c');
    }

    private INDArray turned(INDArray official) {
      return reversed ? lastAxisReversed(official) : official;
    }
  }

  /**
   * Rows of an official parameter.
   *
   * @param part which of the parts
   * @param parts how many there are
   * @param from the first row; −1 where all parts are as long
   * @param size how many; −1 where all parts are as long
   */
  private record Rows(int part, int parts, long from, long size) {
    long first(long all) {
      return from < 0 ? part * (all / parts) : from;
    }

    long count(long all) {
      return size < 0 ? all / parts : size;
    }
  }

  /** The same values in the same order; the shape may differ. */
  public Official same(String official, String ours) {
    return put(ours, new Source(official, 0, 1));
  }

  /** [out, in] becomes [in, out]. */
  public Official linear(String official, String ours) {
    return put(ours, new Source(official, 0, 1, LINEAR));
  }

  /** A linear map with its bias: {@code official.weight}, {@code official.bias}. */
  public Official linearWithBias(String official, String ours) {
    return linear(official + ".weight", ours + ".weight").same(official + ".bias", ours + ".bias");
  }

  /** [out, in/groups, height, width] becomes [height, width, in/groups, out]. */
  public Official convolution(String official, String ours) {
    return put(ours, new Source(official, 0, 1, CONVOLUTION));
  }

  /** [out, in/groups, window] becomes [window, in/groups, out]. */
  public Official sequence(String official, String ours) {
    return put(ours, new Source(official, 0, 1, SEQUENCE));
  }

  /** A convolution with its bias. */
  public Official convolutionWithBias(String official, String ours) {
    return convolution(official + ".weight", ours + ".weight")
        .same(official + ".bias", ours + ".bias");
  }

  /**
   * A convolution over patches, [out, channels, rows, columns], which is a linear map of patches
   * (row, column, channel): [rows·columns·channels, out].
   */
  public Official patches(String official, String ours) {
    return convolution(official + ".weight", ours + ".weight")
        .same(official + ".bias", ours + ".bias");
  }

  /** One map to queries, keys and values, which the project has as three. */
  public Official queryKeyValue(String official, String ours) {
    String[] names = {"query", "key", "value"};
    for (int i = 0; i < names.length; i++) {
      put(ours + "." + names[i] + ".weight", new Source(official + ".weight", i, 3, LINEAR));
      put(ours + "." + names[i] + ".bias", new Source(official + ".bias", i, 3));
    }
    return this;
  }

  /** A layer norm or a DyT, whichever the case has: {@code norm} tells. */
  public Official norm(String official, String ours, boolean dyt) {
    return dyt
        ? same(official + ".alpha", ours + ".alpha")
            .same(official + ".weight", ours + ".gamma")
            .same(official + ".bias", ours + ".beta")
        : same(official + ".weight", ours + ".gain").same(official + ".bias", ours + ".bias");
  }

  /** Rows of an [out, in] become [in, rows]. */
  public Official linear(String official, String ours, int part, int parts, long from, long count) {
    return put(ours, new Source(official, new Rows(part, parts, from, count), false, LINEAR));
  }

  /** One of equal parts of a linear map with its bias. */
  public Official linearPart(String official, String ours, int part, int parts) {
    return put(ours + ".weight", new Source(official + ".weight", part, parts, LINEAR))
        .put(ours + ".bias", new Source(official + ".bias", part, parts));
  }

  /** [out, in/groups, time] becomes [time, in/groups, out]: one of equal parts, with its bias. */
  public Official sequencePart(String official, String ours, int part, int parts) {
    return put(ours + ".weight", new Source(official + ".weight", part, parts, SEQUENCE))
        .put(ours + ".bias", new Source(official + ".bias", part, parts));
  }

  /**
   * A depthwise convolution of a sequence with its bias.
   *
   * @param reversed whether its taps lie the other way round
   */
  public Official depthwise(String official, String ours, boolean reversed) {
    Rows all = new Rows(0, 1, -1, -1);
    return put(ours + ".weight", new Source(official + ".weight", all, reversed, SEQUENCE))
        .same(official + ".bias", ours + ".bias");
  }

  private Official put(String ours, Source source) {
    assertThat(sources.put(ours, source)).as("a second source of " + ours).isNull();
    return this;
  }

  /**
   * Gives a network the official values.
   *
   * @param network all of whose parameters must have a source
   * @param golden the case
   * @param field where its parameters are, for example {@code weights}
   */
  public void load(Network network, GoldenCase golden, String field) {
    assertThat(network.parameters().stream().map(Network.Parameter::name))
        .as("the network's parameters")
        .containsExactlyInAnyOrderElementsOf(sources.keySet());
    sources.forEach(
        (ours, source) -> {
          INDArray array = network.array(ours);
          INDArray value = source.of(golden.tensor(field + "/" + source.name));
          assertThat(value.length()).as(ours).isEqualTo(array.length());
          array.assign(value.reshape(array.shape()));
        });
  }

  /**
   * Compares gradients, or other arrays that go by parameter.
   *
   * @param golden the case
   * @param field where the expected ones are, for example {@code dweights}
   * @param ours by the project's names
   */
  public void compare(GoldenCase golden, String field, Map<String, INDArray> ours) {
    compare(golden, field, ours, Map.of());
  }

  /**
   * Compares gradients of which some are 0 but for rounding.
   *
   * @param scaledBy official names of such parameters, and another whose largest entry stands for
   *     theirs
   */
  public void compare(
      GoldenCase golden, String field, Map<String, INDArray> ours, Map<String, String> scaledBy) {
    official(golden, field, ours)
        .forEach(
            (name, actual) -> {
              String path = field + "/" + name;
              if (scaledBy.containsKey(name)) {
                golden.compareBeside(path, actual, field + "/" + scaledBy.get(name));
              } else {
                golden.compare(path, actual);
              }
            });
  }

  /**
   * Arrays that go by parameter under the official names and in the official layouts.
   *
   * @param golden the case
   * @param field where it has the shapes, for example {@code dweights}
   * @param ours by the project's names
   */
  public Map<String, INDArray> official(
      GoldenCase golden, String field, Map<String, INDArray> ours) {
    Map<String, INDArray[]> parts = new LinkedHashMap<>();
    sources.forEach(
        (name, source) -> {
          assertThat(ours).as("gradients").containsKey(name);
          parts
                  .computeIfAbsent(source.name, n -> new INDArray[source.rows.parts])[
                  source.rows.part] =
              official(source, ours.get(name), golden, field);
        });
    Map<String, INDArray> official = new LinkedHashMap<>();
    parts.forEach(
        (name, all) -> official.put(name, all.length == 1 ? all[0] : Nd4j.concat(0, all)));
    return official;
  }

  /** An array of ours in the official layout. */
  private static INDArray official(Source source, INDArray own, GoldenCase golden, String field) {
    long[] shape = golden.shape(field + "/" + source.name);
    shape[0] = source.rows.count(shape[0]);
    INDArray official = inOfficialAxes(source, own, shape);
    return source.reversed ? lastAxisReversed(official) : official;
  }

  private static INDArray inOfficialAxes(Source source, INDArray own, long... shape) {
    if (source.axes.length == 0) {
      return own.dup('c').reshape(shape);
    }
    long[] permuted = new long[shape.length];
    int[] back = new int[shape.length];
    for (int i = 0; i < shape.length; i++) {
      permuted[i] = shape[source.axes[i]];
      back[source.axes[i]] = i;
    }
    return own.dup('c').reshape(permuted).permute(back).dup('c');
  }

  private static INDArray lastAxisReversed(INDArray array) {
    INDArray reversed = array.dup('c');
    int last = array.rank() - 1;
    for (long i = 0; i < array.size(last); i++) {
      long other = array.size(last) - 1 - i;
      reversed.slice(i, last).assign(array.slice(other, last));
    }
    return reversed;
  }
}
