package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;

/**
 * A Vision Transformer's loss: fused attention and layer norm, linear maps as {@code addmm} with
 * weights in libtorch's layout, query, key and value as one product, exact GELU, cross-entropy on
 * class numbers.
 */
final class VitScript extends LossScript {
  private final Workload.Vit vit;

  VitScript(Workload.Vit vit, Map<String, ArrayFile.Array> arrays) {
    super(arrays);
    this.vit = vit;
    write();
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
}
