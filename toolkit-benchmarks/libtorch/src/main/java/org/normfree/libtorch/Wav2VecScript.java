package org.normfree.libtorch;

import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Wav2VecTraining;
import org.normfree.benchmarks.peer.WorkloadFile;

/**
 * A wav2vec 2.0's loss: convolutions of waves, fused attention, codes by a straight-through
 * softmax, cosines with all negatives at once.
 */
final class Wav2VecScript extends LossScript {
  private final Wav2VecTraining net;
  private final int frames;
  private final int masked;
  private final int negatives;

  Wav2VecScript(Wav2VecTraining net, Map<String, ArrayFile.Array> arrays) {
    super(arrays);
    this.net = net;
    frames = net.frames();
    long[] shape = array(Wav2VecTraining.NEGATIVES).shape();
    masked = (int) shape[1];
    negatives = (int) shape[2];
    floats("x", array(WorkloadFile.INPUT));
    integers("ids", array(Wav2VecTraining.MASKED));
    integers("others", array(Wav2VecTraining.NEGATIVES));
    floats("noise", array(Wav2VecTraining.NOISE));
    encode();
    line("at = torch.expand(torch.unsqueeze(ids, -1), [-1, -1, %d])", net.channels());
    line("l = %s", linear("torch.gather(n, 1, at)", "quantizer"));
    quantize();
    line("y = %s", linear("e", "target_projection"));
    context();
    line("at = torch.expand(torch.unsqueeze(ids, -1), [-1, -1, %d])", net.width());
    line("u = %s", linear("torch.gather(h, 1, at)", "context_projection"));
    compare();
  }

  /** From waves to frames z and their norm n, [batch, frames, channels]. */
  private void encode() {
    line("h = torch.unsqueeze(x, 1)");
    for (int i = 0; i < net.convolutions(); i++) {
      String place = "features.conv" + i;
      line(
          "h = torch.conv1d(h, %s, None, [%d], [0], [1], 1)",
          channelsFirst(place + ".weight"), net.stride(i));
      if (i == 0) {
        line(
            "h = torch.group_norm(h, %d, %s, %s, %s)",
            net.channels(),
            parameter(place + ".norm.gain"),
            parameter(place + ".norm.bias"),
            Training.number(Wav2VecTraining.EPSILON));
      }
      line("h = torch.gelu(h)");
    }
    line("z = torch.permute(h, [0, 2, 1])");
    line("o = torch.detach(z)");
    line(
        "z = torch.add(o, torch.mul(torch.sub(z, o), %s))",
        Training.number(Wav2VecTraining.FEATURE_GRADIENT));
    line("penalty = torch.mean(torch.mul(z, z))");
    norm("n", "z", "feature_norm.", net.channels());
  }

  private void norm(String to, String from, String place, int width) {
    normalize(to, from, place, width, Wav2VecTraining.EPSILON);
  }

  /** Codes e of the logits l, which entries they are, and how many are used on average. */
  private void quantize() {
    int entries = (int) array("quantizer.entries").shape()[0];
    int groups = Wav2VecTraining.GROUPS;
    int each = entries / groups;
    int part = (int) array("quantizer.entries").shape()[1];
    int rows = net.batch() * masked;
    line("l = torch.reshape(l, [%d, %d, %d])", rows, groups, each);
    line(
        "s = torch.softmax(torch.div(torch.add(l, torch.reshape(noise, [%d, %d, %d])), %s), -1)",
        rows, groups, each, Training.number(Wav2VecTraining.TAU));
    line("codes = torch.argmax(s, -1)");
    line(
        "w = torch.scatter(torch.zeros_like(s), -1, torch.unsqueeze(codes, -1), %s)",
        Training.number(1));
    line("w = torch.add(w, torch.sub(s, torch.detach(s)))");
    line(
        "e = torch.matmul(torch.permute(w, [1, 0, 2]), torch.reshape(%s, [%d, %d, %d]))",
        parameter("quantizer.entries"), groups, each, part);
    line(
        "e = torch.reshape(torch.permute(e, [1, 0, 2]), [%d, %d, %d])",
        net.batch(), masked, groups * part);
    line("b = torch.mean(torch.softmax(l, -1), [0])");
    line("b = torch.sum(torch.mul(b, torch.log(torch.add(b, %s))), [-1])", Training.number(1e-7));
    line(
        "diversity = torch.sub(%s, torch.mul(torch.sum(torch.exp(torch.neg(b))), %s))",
        Training.number(1), Training.number(1.0 / entries));
  }

  /** What the Transformer makes of the frames n, h. */
  private void context() {
    int width = net.width();
    line("h = %s", linear("n", "projection"));
    line(
        "o = torch.scatter(torch.zeros_like(torch.slice(torch.detach(h), 2, 0, 1)), 1, torch.unsqueeze(ids, -1), %s)",
        Training.number(1));
    line(
        "h = torch.add(torch.mul(h, torch.sub(%s, o)), torch.mul(o, %s))",
        Training.number(1), parameter("mask_embedding"));
    int kernel = net.positionKernel();
    line("v = %s", channelsFirst("positions.v"));
    line(
        "v = torch.mul(torch.div(v, torch.norm(v, 2, [0, 1], True)), %s)",
        parameter("positions.g"));
    line(
        "a = torch.conv1d(torch.permute(h, [0, 2, 1]), v, %s, [1], [%d], [1], %d)",
        parameter("positions.bias"), kernel / 2, net.positionGroups());
    line("a = torch.gelu(torch.slice(a, 2, 0, %d))", frames);
    line("h = torch.add(h, torch.permute(a, [0, 2, 1]))");
    norm("h", "h", "norm.", width);
    for (int block = 0; block < net.depth(); block++) {
      String attention = "block" + block + ".attention.";
      String ffn = "block" + block + ".ffn.";
      line(
          "s = torch.reshape(%s, [%d, %d, 3, %d, %d])",
          linear("h", attention + "query", attention + "key", attention + "value"),
          net.batch(),
          frames,
          net.heads(),
          width / net.heads());
      line("q, k, w = torch.unbind(torch.permute(s, [2, 0, 3, 1, 4]), 0)");
      line(
          "a = torch.transpose(torch.scaled_dot_product_attention(q, k, w, None, 0., False), 1, 2)");
      line("a = torch.reshape(a, [%d, %d, %d])", net.batch(), frames, width);
      line("h = torch.add(h, %s)", linear("a", attention + "out"));
      norm("h", "h", attention + "norm.", width);
      line("f = torch.gelu(%s)", linear("h", ffn + "fc1"));
      line("h = torch.add(h, %s)", linear("f", ffn + "fc2"));
      norm("h", "h", ffn + "norm.", width);
    }
  }

  /** Guesses u among the targets y of masked frames. */
  private void compare() {
    int rows = net.batch() * masked;
    int dim = (int) array("target_projection.weight").shape()[1];
    line("at = torch.reshape(others, [-1])");
    line("f = torch.index_select(torch.reshape(y, [%d, %d]), 0, at)", rows, dim);
    line("f = torch.reshape(f, [%d, %d, %d, %d])", net.batch(), masked, negatives, dim);
    line("f = torch.cat([torch.unsqueeze(y, 2), f], 2)");
    line(
        "a = torch.div(torch.cosine_similarity(torch.unsqueeze(u, 2), f, -1), %s)",
        Training.number(Wav2VecTraining.CONTRAST));
    int groups = Wav2VecTraining.GROUPS;
    line(
        "w = torch.reshape(torch.index_select(codes, 0, at), [%d, %d, %d, %d])",
        net.batch(), masked, negatives, groups);
    line("k = torch.reshape(codes, [%d, %d, 1, %d])", net.batch(), masked, groups);
    line("same = torch.all(torch.eq(w, k), -1)");
    line("same = torch.constant_pad_nd(same, [1, 0])");
    line("a = torch.reshape(torch.masked_fill(a, same, -1e30), [%d, %d])", rows, negatives + 1);
    line("c = torch.mean(torch.neg(torch.select(torch.log_softmax(a, -1), 1, 0)))");
    line(
        "return torch.add(torch.add(c, torch.mul(diversity, %s)), torch.mul(penalty, %s))",
        Training.number(Wav2VecTraining.DIVERSITY), Training.number(Wav2VecTraining.PENALTY));
  }
}
