package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.ConvNeXtTraining;

/**
 * A ConvNeXt's loss: channels lie last, so that fused layer norm and linear maps see them so and
 * convolutions in libtorch's channels-last format; exact GELU, cross-entropy on class numbers.
 */
final class ConvNeXtScript extends VisionScript {
  ConvNeXtScript(ConvNeXtTraining net, Map<String, ArrayFile.Array> arrays) {
    super(net, arrays);
    images();
    classes();
    convolve("h", "x", "stem", net.stem(), 0, 1);
    normalize("h", "h", "stem.norm.", net.width());
    for (int stage = 0; stage < net.stages(); stage++) {
      String place = "stage" + stage + ".";
      if (stage > 0) {
        normalize("h", "h", place + "downsample.norm.", net.dim(stage - 1));
        convolve("h", "h", place + "downsample", ConvNeXtTraining.DOWNSAMPLE, 0, 1);
      }
      for (int block = 0; block < net.depth(); block++) {
        block(place + "block" + block + ".branch.", net.dim(stage));
      }
    }
    line("z = torch.mean(h, [1, 2])");
    normalize("z", "z", "norm.", net.dim(net.stages() - 1));
    line("return torch.cross_entropy_loss(%s, y)", linear("z", "head"));
  }

  private void block(String place, int dim) {
    convolve("n", "h", place + "depthwise", 1, ConvNeXtTraining.KERNEL / 2, dim);
    normalize("n", "n", place + "norm.", dim);
    line("f = torch.gelu(%s)", linear("n", place + "fc1"));
    line("f = %s", linear("f", place + "fc2"));
    line("h = torch.add(h, torch.mul(f, %s))", parameter(place + "layer_scale"));
  }

  private void convolve(String to, String from, String place, int stride, int padding, int groups) {
    line(
        "%s = torch.permute(%s, [0, 2, 3, 1])",
        to,
        convolution(
            "torch.permute(%s, [0, 3, 1, 2])".formatted(from), place, stride, padding, groups));
  }
}
