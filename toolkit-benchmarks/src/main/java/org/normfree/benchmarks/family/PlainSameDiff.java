package org.normfree.benchmarks.family;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.benchmarks.peer.VitTraining;
import org.normfree.core.nn.Network;

/**
 * The bench's Vision Transformer as one writes it in SameDiff without the toolkit: only ND4J's own
 * ops, in the forms that are fast there. SameDiff's layer norm has no ε, which changes nothing that
 * the comparison of losses would notice.
 */
final class PlainSameDiff {
  private final VitTraining vit;
  private final Network network;
  private final SameDiff sd = SameDiff.create();

  private PlainSameDiff(VitTraining vit, Network network) {
    this.vit = vit;
    this.network = network;
  }

  /** The network with the parameters, by name and value, of the toolkit's. */
  static Network build(VitTraining vit, Network network) {
    return new PlainSameDiff(vit, network).build();
  }

  private Network build() {
    int side = vit.image() / vit.patch();
    int size = vit.image();
    SDVariable x =
        sd.placeHolder(Network.INPUT, DataType.FLOAT, -1, size, size, vit.channels())
            .reshape(-1, side, vit.patch(), side, vit.patch(), vit.channels())
            .permute(0, 1, 3, 2, 4, 5)
            .reshape(-1, vit.patchSize());
    x = tokens(linear("patch", x), vit.width()).add(parameter("positions"));
    for (int block = 0; block < vit.depth(); block++) {
      String attention = "block" + block + ".attention.";
      String ffn = "block" + block + ".ffn.";
      x = x.add(attention(attention, rows(norm(attention + "norm", x), vit.width())));
      SDVariable hidden = linear(ffn + "fc1", rows(norm(ffn + "norm", x), vit.width()));
      x = x.add(tokens(linear(ffn + "fc2", gelu(hidden)), vit.width()));
    }
    SDVariable logits = linear("head", norm("norm", x.mean(1)));
    SDVariable labels = sd.placeHolder(Network.LABELS, DataType.FLOAT, -1, vit.classes());
    labels.mul(sd.nn.logSoftmax(logits)).sum(1).mean().mul(Network.LOSS, -1);
    sd.setLossVariables(Network.LOSS);
    return new Network(
        sd,
        network.objective(),
        network.parameters(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  private SDVariable parameter(String name) {
    return sd.hasVariable(name) ? sd.getVariable(name) : sd.var(name, network.array(name));
  }

  private SDVariable rows(SDVariable x, int width) {
    return x.reshape(-1, width);
  }

  private SDVariable tokens(SDVariable x, int width) {
    return x.reshape(-1, vit.tokens(), width);
  }

  private SDVariable linear(String name, SDVariable x) {
    return x.mmul(parameter(name + ".weight")).add(parameter(name + ".bias"));
  }

  private SDVariable norm(String name, SDVariable x) {
    if (vit.method().equals("dyt")) {
      return sd.math
          .tanh(x.mul(parameter(name + ".alpha")))
          .mul(parameter(name + ".gamma"))
          .add(parameter(name + ".beta"));
    }
    int axis = name.equals("norm") ? 1 : 2; // the last norm stands behind the pooling
    return sd.nn.layerNorm(x, parameter(name + ".gain"), parameter(name + ".bias"), false, axis);
  }

  private SDVariable gelu(SDVariable x) {
    return x.mul(0.5).mul(sd.math.erf(x.mul(Math.sqrt(0.5))).add(1));
  }

  private SDVariable attention(String name, SDVariable x) {
    int width = vit.width() / vit.heads();
    SDVariable query = heads(linear(name + "query", x), width);
    SDVariable key = heads(linear(name + "key", x), width);
    SDVariable value = heads(linear(name + "value", x), width);
    SDVariable scores = sd.mmul(query, key, false, true, false).mul(1 / Math.sqrt((double) width));
    SDVariable mixed = sd.mmul(sd.nn.softmax(scores, -1), value).permute(0, 2, 1, 3);
    return tokens(linear(name + "out", rows(mixed, vit.width())), vit.width());
  }

  private SDVariable heads(SDVariable x, int width) {
    return x.reshape(-1, vit.tokens(), vit.heads(), width).permute(0, 2, 1, 3);
  }
}
