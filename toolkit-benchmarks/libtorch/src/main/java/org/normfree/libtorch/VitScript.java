package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.VitTraining;

/**
 * A Vision Transformer's loss: fused attention and layer norm, linear maps as {@code addmm} with
 * weights in libtorch's layout, query, key and value as one product, exact GELU, cross-entropy on
 * class numbers.
 */
final class VitScript extends VisionScript {
  VitScript(VitTraining vit, Map<String, ArrayFile.Array> arrays) {
    super(vit, arrays);
    images();
    classes();
    cut("i", "x", new Patches(vit.batch(), vit.image(), vit.channels(), vit.patch()));
    line("h = torch.add(%s, %s)", linear("i", "patch"), parameter("positions"));
    encoder("", vit.depth(), new Tokens(vit.batch(), vit.tokens(), vit.width(), vit.heads()));
    line("z = torch.mean(h, [1])");
    normalize("z", "z", "norm.", vit.width());
    line("return torch.cross_entropy_loss(%s, y)", linear("z", "head"));
  }
}
