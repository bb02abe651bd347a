package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.dna.Hyena;
import org.normfree.core.model.dna.HyenaConfig;
import org.normfree.core.model.dna.HyenaOperator;
import org.normfree.core.nn.Network;
import org.normfree.core.op.HyenaFilterTerms;

/** Cases of {@code hyena.json}. */
final class HyenaGolden {
  /** [batch, channels, length] as [batch, length, channels], and back. */
  private static final int[] LAST = {0, 2, 1};

  private HyenaGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("fft_conv", HyenaGolden::convolution)
        .kind("hyena_filter", HyenaGolden::filter)
        .kind("hyena_operator", HyenaGolden::operator)
        .kind("hyena_lm", HyenaGolden::languageModel);
  }

  private static void convolution(GoldenCase golden) {
    GoldenOp op = new GoldenOp(golden).input("u", LAST).input("k", 1, 0).input("bias");
    SDVariable y = op.ops().longConvolution(null, op.get("u"), op.get("k"), op.get("bias"));
    op.check("y", y.permute(LAST));
  }

  private static void filter(GoldenCase golden) {
    HyenaFilterTerms terms =
        new HyenaFilterTerms(
            golden.integer("length"),
            golden.integer("seqLen"),
            golden.integer("embDim"),
            golden.integer("width"),
            golden.number("shift"));
    golden.compareNumbers(
        "positions", Arrays.stream(terms.positions()).flatMapToDouble(Arrays::stream).toArray());
    golden.compareNumbers("times", terms.times());
    golden.compareNumbers("deltas", terms.decays());
    GoldenOp op = new GoldenOp(golden).parameter("implicit_filter.1.freq");
    List<SDVariable> weights = new ArrayList<>();
    List<SDVariable> biases = new ArrayList<>();
    for (int layer = 0; golden.has("parameters/" + weight(layer)); layer += 2) {
      weights.add(op.parameter(weight(layer), 1, 0).get(weight(layer)));
      String bias = "implicit_filter.%s.bias".formatted(layer);
      if (golden.has("parameters/" + bias)) {
        biases.add(op.parameter(bias).get(bias));
      }
    }
    assertThat(golden.integer("order")).as("hidden width").isEqualTo(hidden(golden));
    SDVariable frequency = op.get("implicit_filter.1.freq").reshape(hidden(golden));
    op.check("filter", op.ops().hyenaFilter(null, terms, frequency, weights, biases));
  }

  private static String weight(int layer) {
    return "implicit_filter.%s.weight".formatted(layer);
  }

  private static int hidden(GoldenCase golden) {
    return (int) golden.shape("parameters/" + weight(0))[0];
  }

  private static void operator(GoldenCase golden) {
    long[] x = golden.shape("x");
    int order = golden.integer("order");
    HyenaOperator operator = shape(golden, "", order);
    HyenaConfig config =
        HyenaConfig.of(16, Math.toIntExact(x[2]), 1, operator, Math.toIntExact(x[1]));
    Hyena hyena = new Hyena(config, Methods.create("pre-ln", MethodOptions.DEFAULTS));
    Official names = new Official();
    operatorNames(names, "", "", operator);
    try (GoldenBlock block = new GoldenBlock(golden, (root, in) -> hyena.mix(root, 0, in))) {
      names.load(block.network(), golden, "parameters");
      names.compare(golden, "gradients", block.train(golden));
    }
  }

  /** What is predicted of each token but the first, from those before it. */
  private static void languageModel(GoldenCase golden) {
    int depth = golden.integer("layers");
    long[] ids = golden.shape("ids");
    HyenaOperator operator = shape(golden, "layers.0.mixer.", order(golden));
    HyenaConfig config =
        new HyenaConfig(
            Math.toIntExact(golden.shape("parameters/embeddings.word_embeddings.weight")[0]),
            golden.integer("width"),
            depth,
            Math.toIntExact(golden.shape("parameters/layers.0.mlp.fc1.weight")[0]),
            operator,
            Math.toIntExact(ids[1] - 1),
            0,
            0,
            golden.number("epsilon"));
    NormName norm = NormName.of(golden);
    Official names = new Official();
    names.same("embeddings.word_embeddings.weight", "embedding.weight");
    for (int i = 0; i < depth; i++) {
      String official = "layers.%s.".formatted(i);
      String ours = "block%s.".formatted(i);
      operatorNames(names, official + "mixer.", ours + "mixer.", operator);
      norm.add(names, official + "norm1", ours + "mixer.norm");
      norm.add(names, official + "norm2", ours + "ffn.norm");
      names.linearWithBias(official + "mlp.fc1", ours + "ffn.fc1");
      names.linearWithBias(official + "mlp.fc2", ours + "ffn.fc2");
    }
    norm.add(names, "ln_f", "norm");
    Network network = Hyena.build(config, norm.method(), golden.type(), 1);
    int[] all = golden.integers("ids");
    int[] input = new int[Math.toIntExact(ids[0] * (ids[1] - 1))];
    int[] targets = new int[input.length];
    for (int i = 0; i < input.length; i++) {
      int at = (int) (i / (ids[1] - 1) * ids[1] + i % (ids[1] - 1));
      input[i] = all[at];
      targets[i] = all[at + 1];
    }
    LanguageModelGolden.check(golden, network, names, input, targets);
  }

  private static int order(GoldenCase golden) {
    long[] in = golden.shape("parameters/layers.0.mixer.in_proj.weight");
    return Math.toIntExact(in[0] / in[1] - 1);
  }

  private static HyenaOperator shape(GoldenCase golden, String place, int order) {
    String filter = "parameters/" + place + "filter_fn.implicit_filter.";
    int maps = 0;
    while (golden.has(filter + 2 * maps + ".weight")) {
      maps++;
    }
    long[] taps = golden.shape("parameters/" + place + "short_filter.weight");
    assertThat(golden.integer("filterOrder"))
        .as("hidden width")
        .isEqualTo((int) golden.shape(filter + "0.weight")[0]);
    return new HyenaOperator(
        order,
        Math.toIntExact(taps[2]),
        golden.integer("filterOrder"),
        maps,
        golden.integer("embDim"),
        golden.integer("seqLen"),
        golden.number("shift"));
  }

  private static void operatorNames(
      Official names, String official, String ours, HyenaOperator operator) {
    int order = operator.order();
    for (int i = 0; i <= order; i++) {
      String part = i == 0 ? "query" : i == order ? "value" : i == 1 ? "key" : "key" + i;
      names.linearPart(official + "in_proj", ours + part, i, order + 1);
      names.sequencePart(official + "short_filter", ours + part + ".short", i, order + 1);
    }
    names.linearWithBias(official + "out_proj", ours + "out");
    names.same(official + "filter_fn.bias", ours + "filter.skip");
    String filter = official + "filter_fn.implicit_filter.";
    names.same(filter + "1.freq", ours + "filter.frequency");
    for (int map = 1; map <= operator.filterMaps(); map++) {
      String layer = filter + 2 * (map - 1);
      if (map < operator.filterMaps()) {
        names.linearWithBias(layer, ours + "filter.fc" + map);
      } else {
        names.linear(layer + ".weight", ours + "filter.fc" + map + ".weight");
      }
    }
  }
}
