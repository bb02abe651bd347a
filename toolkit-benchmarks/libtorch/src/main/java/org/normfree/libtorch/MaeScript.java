package org.normfree.libtorch;

import java.util.Arrays;
import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.MaeTraining;
import org.normfree.benchmarks.peer.WorkloadFile;

/**
 * A masked autoencoder's loss: what a {@link VitScript} has; tokens are kept by {@code gather}, and
 * put back among mask tokens by {@code scatter}, whose gradients are each other.
 */
final class MaeScript extends VisionScript {
  private final MaeTraining mae;

  MaeScript(MaeTraining mae, Map<String, ArrayFile.Array> arrays) {
    super(mae, arrays);
    this.mae = mae;
    images();
    ArrayFile.Array kept = array(WorkloadFile.KEPT);
    integers("kept", kept);
    floats("hidden", hidden(kept));
    floats("places", array("positions"));
    floats("decoder_places", array("decoder.positions"));

    cut("i", "x", new Patches(mae.batch(), mae.image(), mae.channels(), mae.patch()));
    line("h = torch.add(%s, places)", linear("i", "patch"));
    line("h = torch.gather(h, 1, %s)", rows(mae.width()));
    behind("torch.expand(%s, [%s, -1, -1])".formatted(parameter("class_token"), mae.batch()));
    Tokens seen = new Tokens(mae.batch(), 1 + mae.kept(), mae.width(), mae.heads());
    encoder("", mae.depth(), seen);
    normalize("n", "h", "norm.", mae.width());

    int dim = mae.decoderWidth();
    line("e = %s", linear("n", "decoder.embed"));
    line("w = torch.slice(e, 1, 1, %d, 1)", 1 + mae.kept());
    line(
        "h = torch.scatter(torch.expand(%s, [%d, %d, -1]), 1, %s, w)",
        parameter("decoder.mask_token"), mae.batch(), mae.patches(), rows(dim));
    line("h = torch.add(h, decoder_places)");
    behind("torch.slice(e, 1, 0, 1, 1)");
    Tokens all = new Tokens(mae.batch(), 1 + mae.patches(), dim, mae.decoderHeads());
    encoder("decoder.", mae.decoderDepth(), all);
    normalize("n", "h", "decoder.norm.", dim);
    line("z = torch.slice(%s, 1, 1, %d, 1)", linear("n", "decoder.prediction"), 1 + mae.patches());
    line("l = torch.mul(torch.mean(torch.mse_loss(z, i, 0), [2]), hidden)");
    line("return torch.div(torch.sum(l), %d)", mae.batch() * (mae.patches() - mae.kept()));
  }

  /** The kept patches' numbers for every channel. */
  private String rows(int width) {
    return "torch.expand(torch.unsqueeze(kept, -1), [-1, -1, %s])".formatted(width);
  }

  private void behind(String token) {
    line("h = torch.cat([%s, h], 1)", token);
  }

  /** 1 for a hidden patch, [batch, patches]. */
  private ArrayFile.Array hidden(ArrayFile.Array kept) {
    float[] mask = new float[mae.batch() * mae.patches()];
    Arrays.fill(mask, 1);
    for (int i = 0; i < kept.elements().length; i++) {
      mask[i / mae.kept() * mae.patches() + (int) kept.elements()[i]] = 0;
    }
    return new ArrayFile.Array(new long[] {mae.batch(), mae.patches()}, mask);
  }
}
