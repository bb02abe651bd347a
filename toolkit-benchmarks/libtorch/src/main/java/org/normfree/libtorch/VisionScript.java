package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.benchmarks.peer.WorkloadFile;

/** What losses of vision networks are made of. */
abstract class VisionScript extends LossScript {
  private final boolean dyt;

  /**
   * Tokens in an encoder.
   *
   * @param batch how many sequences
   * @param count tokens of one
   * @param width channels
   * @param heads attention heads
   */
  record Tokens(int batch, int count, int width, int heads) {}

  /**
   * How square images are cut up.
   *
   * @param batch how many images
   * @param image pixels of an image's side
   * @param channels of the image
   * @param patch pixels of a patch's side
   */
  record Patches(int batch, int image, int channels, int patch) {
    int side() {
      return image / patch;
    }

    int count() {
      return side() * side();
    }

    int size() {
      return patch * patch * channels;
    }
  }

  VisionScript(Workload.Training workload, Map<String, ArrayFile.Array> arrays) {
    super(arrays);
    dyt = workload.method().equals("dyt");
  }

  final boolean dyt() {
    return dyt;
  }

  /** The given images as x, [batch, height, width, channels]. */
  final void images() {
    floats("x", array(WorkloadFile.INPUT));
  }

  /** Their class numbers as y. */
  final void classes() {
    ArrayFile.Array labels = array(WorkloadFile.LABELS);
    int count = (int) labels.shape()[1];
    float[] numbers = new float[(int) labels.shape()[0]];
    for (int i = 0; i < labels.elements().length; i++) {
      if (labels.elements()[i] == 1) {
        numbers[i / count] = i % count;
      }
    }
    integers("y", new ArrayFile.Array(new long[] {numbers.length}, numbers));
  }

  /** Images to patches, [batch, count, size]. */
  final void cut(String to, String from, Patches patches) {
    line(
        "%s = torch.reshape(%s, [%d, %d, %d, %d, %d, %d])",
        to,
        from,
        patches.batch,
        patches.side(),
        patches.patch,
        patches.side(),
        patches.patch,
        patches.channels);
    line(
        "%s = torch.reshape(torch.permute(%s, [0, 1, 3, 2, 4, 5]), [%d, %d, %d])",
        to, to, patches.batch, patches.count(), patches.size());
  }

  /** Patches to images, [batch, height, width, channels]. */
  final void join(String to, String from, Patches patches) {
    line(
        "%s = torch.reshape(%s, [%d, %d, %d, %d, %d, %d])",
        to,
        from,
        patches.batch,
        patches.side(),
        patches.side(),
        patches.patch,
        patches.patch,
        patches.channels);
    line(
        "%s = torch.reshape(torch.permute(%s, [0, 1, 3, 2, 4, 5]), [%d, %d, %d, %d])",
        to, to, patches.batch, patches.image, patches.image, patches.channels);
  }

  /** Fused self attention of the tokens n, query, key and value as one product. */
  final String attention(String place, Tokens tokens) {
    line(
        "s = torch.reshape(%s, [%d, %d, 3, %d, %d])",
        linear("n", place + "query", place + "key", place + "value"),
        tokens.batch,
        tokens.count,
        tokens.heads,
        tokens.width / tokens.heads);
    line("q, k, v = torch.unbind(torch.permute(s, [2, 0, 3, 1, 4]), 0)");
    line("a = torch.transpose(torch.scaled_dot_product_attention(q, k, v, None, 0., False), 1, 2)");
    line("a = torch.reshape(a, [%d, %d, %d])", tokens.batch, tokens.count, tokens.width);
    return linear("a", place + "out");
  }

  /** Blocks of an encoder with exact GELU over the tokens h. */
  final void encoder(String place, int depth, Tokens tokens) {
    for (int block = 0; block < depth; block++) {
      String attention = place + "block" + block + ".attention.";
      String ffn = place + "block" + block + ".ffn.";
      normalize("n", "h", attention + "norm.", tokens.width);
      line("h = torch.add(h, %s)", attention(attention, tokens));
      normalize("n", "h", ffn + "norm.", tokens.width);
      line("f = torch.gelu(%s)", linear("n", ffn + "fc1"));
      line("h = torch.add(h, %s)", linear("f", ffn + "fc2"));
    }
  }
}
