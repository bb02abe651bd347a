package org.normfree.libtorch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;

/**
 * A network's loss in TorchScript with what libtorch has for it. The parameters come from the
 * toolkit's network by name; those that decay come first.
 */
abstract class LossScript {
  private static final String INDENT = "    ";

  private final Map<String, ArrayFile.Array> arrays;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Input> inputs = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();

  /** A parameter and the placeholder that stands for it in the body until all are known. */
  private record Parameter(String mark, ArrayFile.Array array) {
    boolean decays() {
      return array.shape().length > 1;
    }
  }

  /**
   * What a step is fed with.
   *
   * @param name its variable
   * @param array its value
   * @param integers whether it is of integers
   */
  record Input(String name, ArrayFile.Array array, boolean integers) {}

  LossScript(Map<String, ArrayFile.Array> arrays) {
    this.arrays = arrays;
  }

  /** The module's source. */
  final String source() {
    String text = body.toString();
    List<Parameter> ordered = ordered();
    for (int i = 0; i < ordered.size(); i++) {
      text = text.replace(ordered.get(i).mark(), "p[" + i + "]");
    }
    return Training.source(
        text,
        inputs.stream().map(Input::name).toList(),
        (int) ordered.stream().filter(Parameter::decays).count());
  }

  /** The parameters' initial values in the module's order. */
  final List<ArrayFile.Array> values() {
    return ordered().stream().map(Parameter::array).toList();
  }

  /** What a step is fed with, in the order of the loss's parameters. */
  final List<Input> inputs() {
    return List.copyOf(inputs);
  }

  /** Declares a variable that is given. Of names of one letter only x and y are free. */
  final void floats(String variable, ArrayFile.Array array) {
    inputs.add(new Input(variable, array, false));
  }

  /** Declares a variable of integers that is given. */
  final void integers(String variable, ArrayFile.Array array) {
    inputs.add(new Input(variable, array, true));
  }

  private List<Parameter> ordered() {
    List<Parameter> ordered = new ArrayList<>(parameters);
    ordered.sort((a, b) -> Boolean.compare(b.decays(), a.decays()));
    return ordered;
  }

  /** Linear maps of the same input as one. */
  final String linear(String from, String... places) {
    List<ArrayFile.Array> weights = new ArrayList<>();
    List<ArrayFile.Array> biases = new ArrayList<>();
    for (String place : places) {
      weights.add(transposed(array(place + ".weight")));
      if (arrays.containsKey(place + ".bias")) {
        biases.add(array(place + ".bias"));
      }
    }
    String weight = add(stacked(weights));
    String bias = biases.isEmpty() ? "None" : add(stacked(biases));
    return "torch.linear(%s, %s, %s)".formatted(from, weight, bias);
  }

  final String parameter(String name) {
    return add(array(name));
  }

  /** A parameter [window..., in, out] as libtorch has it, [out, in, window...]. */
  final String channelsFirst(String name) {
    return add(channelsFirst(array(name)));
  }

  /** Multiplies a variable by a parameter if the network has one of that name. */
  final void multiply(String variable, String name) {
    if (arrays.containsKey(name)) {
      line("%s = torch.mul(%s, %s)", variable, variable, parameter(name));
    }
  }

  /** A parameter, or {@code None} if the network has none of that name. */
  final String optional(String name) {
    return arrays.containsKey(name) ? parameter(name) : "None";
  }

  /**
   * What the network has for a norm over the last axis, told by its parameters: DyT has α, RMS norm
   * a gain alone; all else is layer norm.
   */
  final void normalize(String to, String from, String place, int width) {
    normalize(to, from, place, width, Workload.Training.EPSILON);
  }

  /** The same with another ε. */
  final void normalize(String to, String from, String place, int width, double epsilon) {
    if (arrays.containsKey(place + "alpha")) {
      line("%s = torch.tanh(torch.mul(%s, %s))", to, from, parameter(place + "alpha"));
      String gamma = optional(place + "gamma");
      if (!gamma.equals("None")) {
        line("%s = torch.add(torch.mul(%s, %s), %s)", to, to, gamma, parameter(place + "beta"));
      }
      return;
    }
    boolean rms = arrays.containsKey(place + "gain") && !arrays.containsKey(place + "bias");
    line(
        "%s = torch.%s(%s, [%d], %s, %s)",
        to,
        rms ? "rms_norm" : "layer_norm",
        from,
        width,
        rms
            ? parameter(place + "gain")
            : optional(place + "gain") + ", " + optional(place + "bias"),
        Training.number(epsilon));
  }

  /** A convolution of channels-last images; its weights become so too where training begins. */
  final String convolution(String from, String place, int stride, int padding, int groups) {
    return "torch.conv2d(%s, %s, %s, [%s, %s], [%s, %s], [1, 1], %s)"
        .formatted(
            from,
            add(channelsFirst(array(place + ".weight"))),
            optional(place + ".bias"),
            stride,
            stride,
            padding,
            padding,
            groups);
  }

  /**
   * Short convolutions of every channel of a sequence as one, [batch, channels, length] to the same
   * with as many positions more as there are taps but one. They are a product and an addition a
   * tap, in which libtorch is twice as fast as in its own convolution of single channels.
   *
   * @param padding zeros before and behind
   */
  final String depthwise(String from, int padding, String... places) {
    List<ArrayFile.Array> weights = new ArrayList<>();
    List<ArrayFile.Array> biases = new ArrayList<>();
    for (String place : places) {
      weights.add(channelsFirst(array(place + ".weight")));
      biases.add(array(place + ".bias"));
    }
    String w = add(stacked(weights));
    String b = add(stacked(biases));
    int taps = (int) weights.get(0).shape()[2];
    line("r = torch.constant_pad_nd(%s, [%d, %d])", from, padding, padding);
    String last = "torch.unsqueeze(" + b + ", 1)";
    for (int j = 0; j < taps; j++) {
      String end = j == taps - 1 ? "9223372036854775807" : String.valueOf(j + 1 - taps);
      String seen = "torch.slice(r, 2, %s, %s)".formatted(j, end);
      last = "torch.addcmul(%s, %s, torch.select(%s, 2, %s))".formatted(last, seen, w, j);
    }
    return last;
  }

  private String add(ArrayFile.Array array) {
    String mark = "<" + parameters.size() + ">";
    parameters.add(new Parameter(mark, array));
    return mark;
  }

  final ArrayFile.Array array(String name) {
    ArrayFile.Array array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "the network has no parameter '%s'; it has %s".formatted(name, arrays.keySet()));
    }
    return array;
  }

  /** [in, out] to libtorch's [out, in]. */
  private static ArrayFile.Array transposed(ArrayFile.Array array) {
    int in = (int) array.shape()[0];
    int out = (int) array.shape()[1];
    float[] elements = new float[in * out];
    for (int row = 0; row < in; row++) {
      for (int column = 0; column < out; column++) {
        elements[column * in + row] = array.elements()[row * out + column];
      }
    }
    return new ArrayFile.Array(new long[] {out, in}, elements);
  }

  /** [window..., in, out] to libtorch's [out, in, window...]. */
  private static ArrayFile.Array channelsFirst(ArrayFile.Array array) {
    int axes = array.shape().length - 2;
    int in = (int) array.shape()[axes];
    int out = (int) array.shape()[axes + 1];
    int window = array.elements().length / in / out;
    long[] shape = new long[axes + 2];
    shape[0] = out;
    shape[1] = in;
    System.arraycopy(array.shape(), 0, shape, 2, axes);
    float[] elements = new float[window * in * out];
    for (int i = 0; i < elements.length; i++) {
      int place = i / out / in;
      elements[(i % out * in + i / out % in) * window + place] = array.elements()[i];
    }
    return new ArrayFile.Array(shape, elements);
  }

  /** Arrays of one shape one above the other. */
  private static ArrayFile.Array stacked(List<ArrayFile.Array> arrays) {
    int length = arrays.get(0).elements().length;
    long[] shape = arrays.get(0).shape().clone();
    shape[0] *= arrays.size();
    float[] elements = new float[length * arrays.size()];
    for (int i = 0; i < arrays.size(); i++) {
      System.arraycopy(arrays.get(i).elements(), 0, elements, i * length, length);
    }
    return new ArrayFile.Array(shape, elements);
  }

  final void line(String text, Object... values) {
    body.append(INDENT).append(String.format(Locale.ROOT, text, values)).append('\n');
  }
}
