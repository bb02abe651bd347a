package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.ResNetTraining;

/**
 * A ResNet's loss in libtorch's channels-last format: fused batch norm with the batch's statistics,
 * ReLU in place, shortcuts as views with padding, cross-entropy on class numbers.
 */
final class ResNetScript extends VisionScript {
  private static final String TO_THE_END = "9223372036854775807";

  ResNetScript(ResNetTraining net, Map<String, ArrayFile.Array> arrays) {
    super(net, arrays);
    images();
    classes();
    line("h = torch.permute(x, [0, 3, 1, 2])");
    normed("h", "h", "stem", 1);
    line("h = torch.relu_(h)");
    for (int stage = 0; stage < ResNetTraining.STAGES; stage++) {
      for (int block = 0; block < net.depth(); block++) {
        boolean first = stage > 0 && block == 0;
        String place = "stage" + stage + ".block" + block + ".branch.";
        normed("f", "h", place + "conv1", first ? 2 : 1);
        line("f = torch.relu_(f)");
        normed("f", "f", place + "conv2", 1);
        if (first) {
          shortcut((net.dim(stage) - net.dim(stage - 1)) / 2);
        }
        line("h = torch.relu_(torch.add(h, f))");
      }
    }
    line("z = torch.mean(h, [2, 3])");
    line("return torch.cross_entropy_loss(%s, y)", linear("z", "head"));
  }

  /** Every second place, and zeros beside the channels. */
  private void shortcut(int channels) {
    line("h = torch.slice(torch.slice(h, 2, 0, %s, 2), 3, 0, %s, 2)", TO_THE_END, TO_THE_END);
    line("h = torch.constant_pad_nd(h, [0, 0, 0, 0, %d, %d], 0)", channels, channels);
  }

  private void normed(String to, String from, String place, int stride) {
    line("%s = %s", to, convolution(from, place, stride, 1, 1));
    String norm = place + ".norm.";
    if (dyt()) {
      line(
          "%s = torch.add(torch.mul(torch.tanh(torch.mul(%s, %s)), torch.reshape(%s, [-1, 1, 1])),"
              + " torch.reshape(%s, [-1, 1, 1]))",
          to, to, parameter(norm + "alpha"), parameter(norm + "gamma"), parameter(norm + "beta"));
    } else {
      line(
          "%s = torch.batch_norm(%s, %s, %s, None, None, True, 0., %s, False)",
          to,
          to,
          parameter(norm + "gain"),
          parameter(norm + "bias"),
          Training.number(ResNetTraining.BATCH_NORM_EPSILON));
    }
  }
}
