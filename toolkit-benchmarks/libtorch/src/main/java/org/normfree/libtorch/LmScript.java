package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.LmTraining;
import org.normfree.benchmarks.peer.WorkloadFile;

/**
 * A LLaMA-style language model's loss: fused causal attention, query, key and value as one product
 * and the two projections into SwiGLU as another, RMS norm, rotary positions by tables that are
 * made once a step, cross-entropy on token numbers.
 */
final class LmScript extends LossScript {
  private final LmTraining lm;

  LmScript(LmTraining lm, Map<String, ArrayFile.Array> arrays) {
    super(arrays);
    this.lm = lm;
    write();
  }

  private void write() {
    int head = lm.width() / lm.heads();
    integers("x", array(WorkloadFile.INPUT));
    integers("y", array(WorkloadFile.TARGETS));
    line("h = torch.embedding(%s, x)", parameter("embedding.weight"));
    line("t = torch.arange(%d, dtype=6, layout=0, device=torch.device(\"cpu\"))", lm.length());
    line("d = torch.arange(%d, dtype=6, layout=0, device=torch.device(\"cpu\"))", head / 2);
    line(
        "w = torch.exp(torch.mul(d, %s))",
        Training.number(-2.0 / head * Math.log(LmTraining.ROTARY_BASE)));
    line("o = torch.outer(t, w)");
    line("c = torch.cat([torch.cos(o), torch.cos(o)], 1)");
    line("e = torch.cat([torch.neg(torch.sin(o)), torch.sin(o)], 1)");
    for (int block = 0; block < lm.depth(); block++) {
      String attention = "block" + block + ".attention.";
      String ffn = "block" + block + ".ffn.";
      normalize("n", "h", attention + "norm.", lm.width());
      line(
          "s = torch.reshape(%s, [%d, %d, 3, %d, %d])",
          linear("n", attention + "query", attention + "key", attention + "value"),
          lm.batch(),
          lm.length(),
          lm.heads(),
          head);
      line("q, k, v = torch.unbind(torch.permute(s, [2, 0, 3, 1, 4]), 0)");
      rotate("q", head);
      rotate("k", head);
      line(
          "a = torch.transpose(torch.scaled_dot_product_attention(q, k, v, None, 0., True), 1, 2)");
      line("a = torch.reshape(a, [%d, %d, %d])", lm.batch(), lm.length(), lm.width());
      line("h = torch.add(h, %s)", linear("a", attention + "out"));
      normalize("n", "h", ffn + "norm.", lm.width());
      line("f, g = torch.chunk(%s, 2, -1)", linear("n", ffn + "fc1", ffn + "gate"));
      line("f = torch.mul(torch.silu(f), g)");
      line("h = torch.add(h, %s)", linear("f", ffn + "fc2"));
    }
    normalize("n", "h", "norm.", lm.width());
    line(
        "z = torch.reshape(%s, [%d, %d])",
        linear("n", "head"), lm.batch() * lm.length(), lm.vocabulary());
    line("return torch.cross_entropy_loss(z, torch.reshape(y, [%d]))", lm.batch() * lm.length());
  }

  /** The two halves of a head are the coordinates that are turned. */
  private void rotate(String name, int head) {
    line(
        "%s = torch.add(torch.mul(%s, c), torch.mul(torch.roll(%s, [%d], [-1]), e))",
        name, name, name, head / 2);
  }
}
