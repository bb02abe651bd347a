package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.PreLn;
import org.normfree.core.model.speech.FeatureEncoderConfig;
import org.normfree.core.model.speech.Wav2Vec2;
import org.normfree.core.model.speech.Wav2Vec2Config;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.SpanMask;

/** Cases of {@code wav2vec.json.gz} about masks and whole models. */
final class Wav2Vec2Golden {
  private Wav2Vec2Golden() {}

  static void register(GoldenFolder folder) {
    folder.kind("mask", Wav2Vec2Golden::mask).kind("wav2vec", Wav2Vec2Golden::whole);
  }

  private static void mask(GoldenCase golden) {
    int frames = golden.integer("size");
    SpanMask mask =
        new SpanMask(golden.number("prob"), golden.integer("length"), golden.integer("minMasks"));
    int[] padding = golden.integers("padding");
    assertThat(padding).hasSize(golden.integer("batch"));
    int[][] masked = mask.batch(frames, padding, new Recorded(golden));
    double[] flat = new double[padding.length * frames];
    for (int row = 0; row < masked.length; row++) {
      for (int frame : masked[row]) {
        flat[row * frames + frame] = 1;
      }
    }
    golden.compareNumbers("mask", flat);
  }

  /** The choices of a case, in their order. */
  private static final class Recorded implements SpanMask.Draws {
    private final GoldenCase golden;
    private int row = -1;
    private int thinned;

    Recorded(GoldenCase golden) {
      this.golden = golden;
    }

    @Override
    public double uniform() {
      row++;
      return golden.number("rows/" + row + "/uniform");
    }

    @Override
    public int[] different(int below, int count) {
      golden.compareNumbers("rows/" + row + "/startsBelow", below);
      int[] starts = golden.integers("rows/" + row + "/starts");
      assertThat(starts).hasSize(count);
      return starts;
    }

    @Override
    public int[] some(int[] of, int count) {
      String path = "thinnings/" + thinned++;
      golden.compareNumbers(path + "/of", of.length);
      int[] kept = golden.integers(path + "/kept");
      assertThat(kept).hasSize(count);
      assertThat(Arrays.stream(kept).boxed().toList())
          .isSubsetOf(Arrays.stream(of).boxed().toList());
      return kept;
    }
  }

  private static void whole(GoldenCase golden) {
    String norm = golden.text("norm");
    assertThat(norm).isIn("layer", "dyt");
    boolean dyt = norm.equals("dyt");
    double epsilon = golden.number("epsilon");
    assertThat(epsilon).isEqualTo(1e-5); // the one of the group norm
    Method method = dyt ? Methods.create("dyt", MethodOptions.DEFAULTS) : new PreLn();
    int[][] masked = masked(golden);
    int rows = masked.length * masked[0].length;
    assertThat(rows).isEqualTo(golden.integer("sampleSize"));
    Wav2Vec2Config config = config(golden, masked[0].length);
    Network network = Wav2Vec2.build(config, method, golden.type(), 1);
    Official official = names(golden, config, dyt);
    official.load(network, golden, "parameters");
    Map<String, INDArray> in = inputs(golden, masked, config);
    List<String> outputs =
        List.of(
            Wav2Vec2.CONTRASTIVE,
            Wav2Vec2.DIVERSITY,
            Wav2Vec2.PENALTY,
            Wav2Vec2.PERPLEXITY,
            Wav2Vec2.CODE_PERPLEXITY,
            Wav2Vec2.LOGITS,
            Network.LOSS);
    // the wave as a variable, for its gradient
    SDVariable wave = network.graph().getVariable(Network.INPUT);
    wave.setArray(in.remove(Network.INPUT));
    network.graph().convertToVariable(wave);
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), CompilerSettings.of(1))) {
      GraphExecutor.Pass pass = executor.gradients(in, outputs);
      Map<String, INDArray> values = pass.outputs();
      golden.compare("contrastive", values.get(Wav2Vec2.CONTRASTIVE).mul(rows));
      golden.compare("diversity", values.get(Wav2Vec2.DIVERSITY));
      golden.compare("featurePenalty", values.get(Wav2Vec2.PENALTY));
      golden.compare("probPerplexity", values.get(Wav2Vec2.PERPLEXITY));
      golden.compare("codePerplexity", values.get(Wav2Vec2.CODE_PERPLEXITY));
      golden.compare("loss", values.get(Network.LOSS).mul(rows));
      Wav2VecGolden.compareLogits(golden, values.get(Wav2Vec2.LOGITS), 10);
      golden.compare("dwave", pass.gradients().get(Network.INPUT).mul(rows));
      Map<String, INDArray> gradients = new HashMap<>();
      network
          .parameters()
          .forEach(p -> gradients.put(p.name(), pass.gradients().get(p.name()).mul(rows)));
      official.compare(golden, "gradients", gradients, keyBiases(config));
    }
  }

  /** A bias of all keys changes no softmax: its gradient is rounding. */
  private static Map<String, String> keyBiases(Wav2Vec2Config config) {
    Map<String, String> biases = new HashMap<>();
    for (int i = 0; i < config.context().depth(); i++) {
      String attention = "encoder.layers." + i + ".self_attn.";
      biases.put(attention + "k_proj.bias", attention + "v_proj.bias");
    }
    return biases;
  }

  /** The masked frames of each row, ascending. */
  private static int[][] masked(GoldenCase golden) {
    int[] mask = golden.integers("mask");
    int frames = (int) golden.shape("mask")[1];
    return IntStream.range(0, mask.length / frames)
        .mapToObj(
            row -> IntStream.range(0, frames).filter(i -> mask[row * frames + i] != 0).toArray())
        .toArray(int[][]::new);
  }

  private static Map<String, INDArray> inputs(
      GoldenCase golden, int[][] masked, Wav2Vec2Config config) {
    Map<String, INDArray> in = new HashMap<>();
    in.put(Network.INPUT, golden.tensor("wave"));
    in.put(Wav2Vec2.MASKED, Nd4j.createFromArray(masked));
    in.put(Wav2Vec2.NEGATIVES, golden.tensor("negatives").castTo(DataType.INT32));
    in.put(
        Wav2Vec2.NOISE,
        golden.tensor("noise").reshape(masked.length, masked[0].length, config.quantizer().all()));
    in.put(Wav2Vec2.TEMPERATURE, golden.tensor("temperature"));
    return in;
  }

  private static Wav2Vec2Config config(GoldenCase golden, int masked) {
    List<FeatureEncoderConfig.Layer> layers = new ArrayList<>();
    for (int i = 0; i < golden.size("layers"); i++) {
      int[] layer = golden.integers("layers/" + i);
      layers.add(new FeatureEncoderConfig.Layer(layer[0], layer[1], layer[2]));
    }
    boolean layerNorms = golden.has(PARAMETERS + CONVOLUTION + "1.2.1.weight");
    FeatureEncoderConfig encoder =
        new FeatureEncoderConfig(
            layers,
            layerNorms || golden.has(PARAMETERS + CONVOLUTION + "0.2.1.weight")
                ? FeatureEncoderConfig.Norm.LAYER
                : FeatureEncoderConfig.Norm.GROUP,
            golden.has(PARAMETERS + CONVOLUTION + "0.0.bias"));
    int frames = (int) golden.shape("mask")[1];
    int groups = golden.integer("groups");
    int entries = golden.integer("entries");
    double[] weights = golden.numbers("lossWeights");
    int depth = 0;
    while (golden.has(PARAMETERS + "encoder.layers." + depth + ".fc1.weight")) {
      depth++;
    }
    return new Wav2Vec2Config(
        (int) golden.shape("wave")[1],
        encoder,
        new Wav2Vec2Config.Context(
            (int) golden.shape(PARAMETERS + "mask_emb")[0],
            depth,
            golden.integer("heads"),
            (int) golden.shape(PARAMETERS + "encoder.layers.0.fc1.weight")[0],
            golden.integer("convPos"),
            golden.integer("convPosGroups"),
            golden.flag("preNorm") ? Wav2Vec2Config.Order.PRE_NORM : Wav2Vec2Config.Order.POST_NORM,
            Wav2Vec2Config.FeatureNorm.METHOD),
        new Wav2Vec2Config.Quantizer(
            groups, entries, groups * (int) golden.shape(PARAMETERS + "quantizer.vars")[2]),
        (int) golden.shape(PARAMETERS + "final_proj.weight")[0],
        // spans of one frame: as many are masked as begin
        new SpanMask((masked + 0.5) / frames, 1, 1),
        (int) golden.shape("negatives")[2],
        new Wav2Vec2Config.Losses(0.1, weights[0], weights[1], golden.number("featureGradMult")),
        Wav2Vec2Config.Dropouts.NONE);
  }

  private static final String PARAMETERS = "parameters/";
  private static final String CONVOLUTION = "feature_extractor.conv_layers.";

  private static Official names(GoldenCase golden, Wav2Vec2Config config, boolean dyt) {
    Official official = new Official();
    FeatureEncoderConfig encoder = config.encoder();
    boolean grouped = encoder.norm() == FeatureEncoderConfig.Norm.GROUP;
    for (int i = 0; i < encoder.layers().size(); i++) {
      String theirs = CONVOLUTION + i;
      String ours = "features.conv" + i;
      official.sequence(theirs + ".0.weight", ours + ".weight");
      if (encoder.bias()) {
        official.same(theirs + ".0.bias", ours + ".bias");
      }
      if (!grouped || i == 0) {
        official.norm(theirs + (grouped ? ".2" : ".2.1"), ours + ".norm", false);
      }
    }
    if (golden.has(PARAMETERS + "post_extract_proj.weight")) {
      official.linearWithBias("post_extract_proj", "projection");
    }
    official
        .same("mask_emb", "mask_embedding")
        .norm("layer_norm", "feature_norm", dyt)
        .same("quantizer.vars", "quantizer.entries")
        .linearWithBias("quantizer.weight_proj", "quantizer")
        .linearWithBias("project_q", "target_projection")
        .linearWithBias("final_proj", "context_projection")
        .same("encoder.pos_conv.0.bias", "positions.bias")
        .same("encoder.pos_conv.0.weight_g", "positions.g")
        .sequence("encoder.pos_conv.0.weight_v", "positions.v")
        .norm("encoder.layer_norm", "norm", dyt);
    for (int i = 0; i < config.context().depth(); i++) {
      String theirs = "encoder.layers." + i;
      String block = "block" + i;
      official
          .linearWithBias(theirs + ".self_attn.q_proj", block + ".attention.query")
          .linearWithBias(theirs + ".self_attn.k_proj", block + ".attention.key")
          .linearWithBias(theirs + ".self_attn.v_proj", block + ".attention.value")
          .linearWithBias(theirs + ".self_attn.out_proj", block + ".attention.out")
          .norm(theirs + ".self_attn_layer_norm", block + ".attention.norm", dyt)
          .linearWithBias(theirs + ".fc1", block + ".ffn.fc1")
          .linearWithBias(theirs + ".fc2", block + ".ffn.fc2")
          .norm(theirs + ".final_layer_norm", block + ".ffn.norm", dyt);
    }
    return official;
  }
}
