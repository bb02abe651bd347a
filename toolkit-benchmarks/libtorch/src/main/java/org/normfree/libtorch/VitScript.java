package org.normfree.libtorch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;

/**
 * A Vision Transformer's loss in TorchScript with what libtorch has for it: fused attention and
 * layer norm, linear maps as {@code addmm} with weights in libtorch's layout, query, key and value
 * as one product, exact GELU, cross-entropy on class numbers.
 *
 * <p>The parameters come from the toolkit's network by name; those that decay come first.
 */
final class VitScript {
  private static final String INDENT = "    ";

  private final Workload.Vit vit;
  private final Map<String, ArrayFile.Array> arrays;
  private final List<Parameter> parameters = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();

  /** A parameter and the placeholder that stands for it in the body until all are known. */
  private record Parameter(String mark, ArrayFile.Array array) {
    boolean decays() {
      return array.shape().length > 1;
    }
  }

  VitScript(Workload.Vit vit, Map<String, ArrayFile.Array> arrays) {
    this.vit = vit;
    this.arrays = arrays;
    write();
  }

  /** The module's source. */
  String source() {
    String text = body.toString();
    List<Parameter> ordered = ordered();
    for (int i = 0; i < ordered.size(); i++) {
      text = text.replace(ordered.get(i).mark(), "p[" + i + "]");
    }
    return Training.source(text, (int) ordered.stream().filter(Parameter::decays).count());
  }

  /** The parameters' initial values in the module's order. */
  List<ArrayFile.Array> values() {
    return ordered().stream().map(Parameter::array).toList();
  }

  private List<Parameter> ordered() {
    List<Parameter> ordered = new ArrayList<>(parameters);
    ordered.sort((a, b) -> Boolean.compare(b.decays(), a.decays()));
    return ordered;
  }

  private void write() {
    int side = vit.image() / vit.patch();
    int head = vit.width() / vit.heads();
    line(
        "i = torch.reshape(x, [%d, %d, %d, %d, %d, %d])",
        vit.batch(), side, vit.patch(), side, vit.patch(), vit.channels());
    line(
        "i = torch.reshape(torch.permute(i, [0, 1, 3, 2, 4, 5]), [%d, %d, %d])",
        vit.batch(), vit.tokens(), vit.patchSize());
    line("h = torch.add(%s, %s)", linear("i", "patch"), parameter("positions"));
    for (int block = 0; block < vit.depth(); block++) {
      String attention = "block" + block + ".attention.";
      String ffn = "block" + block + ".ffn.";
      normalize("n", "h", attention + "norm.");
      line(
          "s = torch.reshape(%s, [%d, %d, 3, %d, %d])",
          linear("n", attention + "query", attention + "key", attention + "value"),
          vit.batch(),
          vit.tokens(),
          vit.heads(),
          head);
      line("q, k, v = torch.unbind(torch.permute(s, [2, 0, 3, 1, 4]), 0)");
      line(
          "a = torch.transpose(torch.scaled_dot_product_attention(q, k, v, None, 0., False), 1, 2)");
      line("a = torch.reshape(a, [%d, %d, %d])", vit.batch(), vit.tokens(), vit.width());
      line("h = torch.add(h, %s)", linear("a", attention + "out"));
      normalize("n", "h", ffn + "norm.");
      line("f = torch.gelu(%s)", linear("n", ffn + "fc1"));
      line("h = torch.add(h, %s)", linear("f", ffn + "fc2"));
    }
    line("z = torch.mean(h, [1])");
    normalize("z", "z", "norm.");
    line("return torch.cross_entropy_loss(%s, y)", linear("z", "head"));
  }

  private void normalize(String to, String from, String place) {
    if (vit.method().equals("dyt")) {
      line(
          "%s = torch.add(torch.mul(torch.tanh(torch.mul(%s, %s)), %s), %s)",
          to,
          from,
          parameter(place + "alpha"),
          parameter(place + "gamma"),
          parameter(place + "beta"));
    } else {
      line(
          "%s = torch.layer_norm(%s, [%d], %s, %s, %s)",
          to,
          from,
          vit.width(),
          parameter(place + "gain"),
          parameter(place + "bias"),
          Training.number(Workload.Vit.EPSILON));
    }
  }

  /** Linear maps of the same input as one. */
  private String linear(String from, String... places) {
    List<ArrayFile.Array> weights = new ArrayList<>();
    List<ArrayFile.Array> biases = new ArrayList<>();
    for (String place : places) {
      weights.add(transposed(array(place + ".weight")));
      biases.add(array(place + ".bias"));
    }
    return "torch.linear(%s, %s, %s)".formatted(from, add(stacked(weights)), add(stacked(biases)));
  }

  private String parameter(String name) {
    return add(array(name));
  }

  private String add(ArrayFile.Array array) {
    String mark = "<" + parameters.size() + ">";
    parameters.add(new Parameter(mark, array));
    return mark;
  }

  private ArrayFile.Array array(String name) {
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

  private void line(String text, Object... values) {
    body.append(INDENT).append(text.formatted(values)).append('\n');
  }
}
