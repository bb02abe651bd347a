package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.CaduceusTraining;
import org.normfree.benchmarks.peer.WorkloadFile;

/**
 * A Caduceus-PS's loss: both strands as one batch, value and gate as one product, short
 * convolutions with time last, the scans as {@link TorchSequence} has them, a call for each step.
 */
final class CaduceusScript extends LossScript {
  private final CaduceusTraining net;

  CaduceusScript(CaduceusTraining net, Map<String, ArrayFile.Array> arrays) {
    super(arrays);
    this.net = net;
    integers("x", array(WorkloadFile.INPUT));
    integers("y", array(WorkloadFile.TARGETS));
    integers("complement", array(CaduceusTraining.COMPLEMENT));
    line("e = %s", parameter("embedding.weight"));
    line("o = torch.embedding(e, complement)");
    line("h = torch.cat([torch.embedding(e, x), torch.flip(torch.embedding(o, x), [1])], 0)");
    multiply("h", "embedding.scale");
    for (int block = 0; block < net.depth(); block++) {
      mix("block" + block + ".mixer.");
    }
    normalize("n", "h", "norm.", net.width());
    line("q, k = torch.chunk(n, 2, 0)");
    line("z = torch.add(torch.linear(q, e), torch.flip(torch.linear(k, o), [1]))");
    int rows = net.batch() * net.length();
    line("z = torch.reshape(z, [%d, %d])", rows, 16);
    line("return torch.cross_entropy_loss(z, torch.reshape(y, [%d]))", rows);
  }

  private void mix(String place) {
    normalize("n", "h", place + "norm.", net.width());
    line("v, g = torch.chunk(%s, 2, -1)", linear("n", place + "value", place + "gate"));
    line("v = torch.permute(v, [0, 2, 1])");
    line("g = torch.silu(torch.permute(g, [1, 0, 2]))");
    scan(place + "forward.", false);
    line("s = w");
    scan(place + "backward.", true);
    line("s = torch.mul(torch.add(s, w), g)");
    line("h = torch.add(h, torch.permute(%s, [1, 0, 2]))", linear("s", place + "out"));
  }

  /** What the scan of v gives before its gate, w, [length, batch, channels]. */
  private void scan(String place, boolean backward) {
    int more = CaduceusTraining.TAPS - 1;
    int from = backward ? more : 0;
    line(
        "u = torch.slice(%s, 2, %d, %d)",
        depthwise("v", more, place + "conv"), from, from + net.length());
    line("u = torch.silu(torch.permute(u, [2, 0, 1]))");
    if (backward) {
      line("u = torch.flip(u, [0])");
    }
    line("d = %s", linear("u", place + "low"));
    line(
        "d = torch.softplus(torch.add(%s, %s))",
        linear("d", place + "step"), parameter(place + "scan.bias"));
    line(
        "a = torch.exp(torch.mul(torch.unsqueeze(d, -1), torch.neg(torch.exp(%s))))",
        parameter(place + "scan.log_a"));
    line(
        "b = torch.mul(torch.unsqueeze(torch.mul(d, u), -1), torch.unsqueeze(%s, 2))",
        linear("u", place + "write"));
    line("t = torch.zeros_like(b[0])");
    line("hs = annotate(List[Tensor], [])");
    line("for at, bt in zip(torch.unbind(a), torch.unbind(b)):");
    line("  t = torch.addcmul(bt, at, t)");
    line("  _9 = torch.append(hs, t)");
    line(
        "w = torch.squeeze(torch.matmul(torch.stack(hs), torch.unsqueeze(%s, -1)), -1)",
        linear("u", place + "read"));
    line("w = torch.add(w, torch.mul(u, %s))", parameter(place + "scan.skip"));
    if (backward) {
      line("w = torch.flip(w, [0])");
    }
  }
}
