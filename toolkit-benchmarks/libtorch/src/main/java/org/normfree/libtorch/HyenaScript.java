package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.HyenaTraining;
import org.normfree.benchmarks.peer.WorkloadFile;

/**
 * A HyenaDNA's loss: the three projections as one product and their short convolutions as one, long
 * convolutions by {@code torch.fft} with time last, the filters once a step, tied output
 * projection.
 */
final class HyenaScript extends LossScript {
  private final HyenaTraining net;

  HyenaScript(HyenaTraining net, Map<String, ArrayFile.Array> arrays) {
    super(arrays);
    this.net = net;
    int width = net.width();
    integers("x", array(WorkloadFile.INPUT));
    integers("y", array(WorkloadFile.TARGETS));
    floats("positions", array(HyenaTraining.POSITIONS));
    floats("window", array(HyenaTraining.WINDOW));
    String table = parameter("embedding.weight");
    line("h = torch.embedding(%s, x)", table);
    multiply("h", "embedding.scale");
    for (int block = 0; block < net.depth(); block++) {
      mix("block" + block + ".mixer.");
      String ffn = "block" + block + ".ffn.";
      normalize("n", "h", ffn + "norm.", width);
      line("f = torch.gelu(%s, approximate=\"tanh\")", linear("n", ffn + "fc1"));
      line("h = torch.add(h, %s)", linear("f", ffn + "fc2"));
    }
    normalize("n", "h", "norm.", width);
    int rows = net.batch() * net.length();
    line("z = torch.reshape(torch.linear(n, %s), [%d, %d])", table, rows, HyenaTraining.VOCABULARY);
    line("return torch.cross_entropy_loss(z, torch.reshape(y, [%d]))", rows);
  }

  private void mix(String place) {
    int width = net.width();
    int length = net.length();
    normalize("n", "h", place + "norm.", width);
    line(
        "s = torch.permute(%s, [0, 2, 1])",
        linear("n", place + "query", place + "key", place + "value"));
    line(
        "s = torch.slice(%s, 2, 0, %d)",
        depthwise(
            "s",
            HyenaTraining.SHORT - 1,
            place + "query.short",
            place + "key.short",
            place + "value.short"),
        length);
    line("q, k, v = torch.chunk(s, 3, 1)");
    filter(place + "filter.");
    line("u = torch.mul(v, k)");
    line("z = torch.mul(torch.fft_rfft(u, %d), torch.fft_rfft(t, %d))", 2 * length, 2 * length);
    line("z = torch.slice(torch.fft_irfft(z, %d), 2, 0, %d)", 2 * length, length);
    line(
        "z = torch.add(z, torch.mul(u, torch.unsqueeze(%s, -1)))",
        parameter(place + "filter.skip"));
    line("a = torch.permute(torch.mul(q, z), [0, 2, 1])");
    line("h = torch.add(h, %s)", linear("a", place + "out"));
  }

  /** The filters t, [width, length]. */
  private void filter(String place) {
    line("w = %s", parameter(place + "frequency"));
    line("t = positions");
    for (int map = 1; map < HyenaTraining.FILTER_MAPS; map++) {
      line("t = torch.sin(torch.mul(w, %s))", linear("t", place + "fc" + map));
    }
    line(
        "t = torch.t(torch.mul(%s, window))",
        linear("t", place + "fc" + HyenaTraining.FILTER_MAPS));
  }
}
