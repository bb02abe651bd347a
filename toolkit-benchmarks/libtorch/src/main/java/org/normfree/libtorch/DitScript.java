package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.DitTraining;
import org.normfree.benchmarks.peer.WorkloadFile;

/**
 * A Diffusion Transformer's loss: what a {@link VitScript} has, GELU in its tanh form; modulation
 * and gates by {@code addcmul}, each of them one pass over the tokens.
 */
final class DitScript extends VisionScript {
  private final DitTraining dit;

  DitScript(DitTraining dit, Map<String, ArrayFile.Array> arrays) {
    super(dit, arrays);
    this.dit = dit;
    images();
    integers("y", array(WorkloadFile.TARGETS));
    integers("time", array(WorkloadFile.TIME));
    floats("noise", array(WorkloadFile.NOISE));
    floats("places", array("positions"));
    floats("waves", array("time.table"));
    floats("signal", array("schedule.signal"));
    floats("share", array("schedule.noise_share"));

    line("i = torch.add(torch.mul(x, %s), torch.mul(noise, %s))", now("signal"), now("share"));
    line("d = torch.silu(%s)", linear("torch.embedding(waves, time)", "time.fc1"));
    line(
        "d = torch.add(%s, torch.embedding(%s, y))",
        linear("d", "time.fc2"), parameter("label.weight"));
    line("d = torch.silu(d)");
    Patches patches = new Patches(dit.batch(), dit.image(), dit.channels(), dit.patch());
    cut("i", "i", patches);
    line("h = torch.add(%s, places)", linear("i", "patch"));
    for (int block = 0; block < dit.depth(); block++) {
      block("block" + block + ".");
    }
    modulations("last.", "b0, s0", 2);
    normalize("n", "h", "last.norm.", dit.width());
    modulate("b0", "s0");
    join("z", linear("n", "last.linear"), patches);
    line("return torch.mse_loss(z, noise)");
  }

  private void block(String place) {
    modulations(place, "b0, s0, g0, b1, s1, g1", 6);
    normalize("n", "h", place + "attention.norm.", dit.width());
    modulate("b0", "s0");
    Tokens tokens = new Tokens(dit.batch(), dit.tokens(), dit.width(), dit.heads());
    line("h = torch.addcmul(h, %s, g0)", attention(place + "attention.", tokens));
    normalize("n", "h", place + "ffn.norm.", dit.width());
    modulate("b1", "s1");
    line("f = torch.gelu(%s, approximate=\"tanh\")", linear("n", place + "ffn.fc1"));
    line("h = torch.addcmul(h, %s, g1)", linear("f", place + "ffn.fc2"));
  }

  private void modulations(String place, String names, int count) {
    line(
        "%s = torch.unbind(torch.reshape(%s, [%d, %d, 1, %d]), 1)",
        names, linear("d", place + "modulation"), dit.batch(), count, dit.width());
  }

  private void modulate(String shift, String scale) {
    line("n = torch.addcmul(%s, n, torch.add(%s, 1))", shift, scale);
  }

  /** A table at the given times, [batch, 1, 1, 1]. */
  private static String now(String table) {
    return "torch.reshape(torch.embedding(%s, time), [-1, 1, 1, 1])".formatted(table);
  }
}
