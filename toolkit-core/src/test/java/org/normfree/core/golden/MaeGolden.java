package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.MaskedAutoencoder;
import org.normfree.core.model.image.MaskedAutoencoderConfig;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Tower;
import org.normfree.core.model.image.MaskedReconstruction;
import org.normfree.core.model.image.Masking;
import org.normfree.core.model.image.Patches;
import org.normfree.core.model.image.PositionGrid;
import org.normfree.core.nn.Network;

/** Cases of {@code mae.json.gz}. */
final class MaeGolden {
  private MaeGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("sincos2d", MaeGolden::positions)
        .kind("mae_masking", MaeGolden::masking)
        .kind("mae_patchify", MaeGolden::patchify)
        .kind("mae_loss", MaeGolden::loss)
        .kind("mae", MaeGolden::whole);
  }

  private static void positions(GoldenCase golden) {
    int dim = golden.integer("dim");
    int grid = golden.integer("grid");
    PositionGrid positions = PositionGrid.COLUMN_FIRST;
    golden.compareNumbers(
        "table",
        golden.flag("cls")
            ? positions.tableWithClassToken(grid, grid, dim)
            : positions.table(grid, grid, dim));
  }

  private static void masking(GoldenCase golden) {
    List<Masking> maskings = maskings(golden, golden.number("ratio"));
    golden.compareNumbers("kept", maskings.get(0).kept());
    golden.compareNumbers("ids_keep", flat(maskings.stream().map(Masking::visible).toList()));
    golden.compareNumbers("ids_restore", flat(maskings.stream().map(Masking::places).toList()));
    golden.compareNumbers("mask", flat(maskings.stream().map(Masking::mask).toList()));
  }

  /** A masking an image. */
  private static List<Masking> maskings(GoldenCase golden, double ratio) {
    double[] noise = golden.numbers("noise");
    long[] shape = golden.shape("noise");
    int patches = (int) shape[1];
    return IntStream.range(0, (int) shape[0])
        .mapToObj(i -> Arrays.copyOfRange(noise, i * patches, (i + 1) * patches))
        .map(one -> Masking.ofNoise(one, ratio))
        .toList();
  }

  private static double[] flat(List<int[]> rows) {
    return rows.stream().flatMapToInt(Arrays::stream).asDoubleStream().toArray();
  }

  /** Images with channels last. */
  private static INDArray images(GoldenCase golden) {
    return golden.tensor("images").permute(0, 2, 3, 1).dup('c');
  }

  private static Patches patches(INDArray images, int patch) {
    return new Patches((int) images.size(1), (int) images.size(2), (int) images.size(3), patch);
  }

  private static void patchify(GoldenCase golden) {
    INDArray images = images(golden);
    SameDiff sd = SameDiff.create();
    SDVariable cut = patches(images, golden.integer("patch")).of(sd.constant("images", images));
    golden.compare("patches", cut.eval());
  }

  private static void loss(GoldenCase golden) {
    INDArray images = images(golden);
    SameDiff sd = SameDiff.create();
    SDVariable target =
        MaskedReconstruction.target(
            patches(images, golden.integer("patch")),
            sd.constant("images", images),
            golden.flag("norm_pix_loss"));
    SDVariable prediction = sd.var("pred", golden.tensor("pred"));
    MaskedReconstruction.loss(
        "loss", prediction, target, sd.constant("mask", golden.tensor("mask")));
    sd.setLossVariables("loss");
    golden.compare("loss", sd.outputSingle(Map.of(), "loss"));
    golden.compare("dpred", sd.calculateGradients(Map.of(), "pred").get("pred"));
  }

  private static Tower tower(GoldenCase golden, String prefix, String heads) {
    return new Tower(
        golden.integer(prefix + "embed_dim"),
        golden.integer(prefix + "depth"),
        golden.integer(heads));
  }

  private static void whole(GoldenCase golden) {
    assertThat(golden.number("eps")).isEqualTo(1e-6); // the project's only one
    boolean dyt = golden.text("norm").equals("dyt");
    INDArray images = images(golden);
    assertThat(images.size(1)).isEqualTo(golden.integer("img_size"));
    double ratio = golden.number("ratio");
    MaskedAutoencoderConfig config =
        new MaskedAutoencoderConfig(
            patches(images, golden.integer("patch_size")),
            tower(golden, "", "num_heads"),
            tower(golden, "decoder_", "decoder_num_heads"),
            golden.number("mlp_ratio"),
            ratio,
            true);
    DataType type = golden.type();
    Network network =
        MaskedAutoencoder.build(
            config, Methods.create(dyt ? "dyt" : "pre-ln", MethodOptions.DEFAULTS), type, 1);
    Official official = names(config, dyt);
    official.load(network, golden, "weights");
    List<Masking> maskings = maskings(golden, ratio);
    int[][] kept = maskings.stream().map(Masking::visible).toArray(int[][]::new);
    Map<String, INDArray> in =
        Map.of(Network.INPUT, images, MaskedAutoencoder.KEPT, Nd4j.createFromArray(kept));
    List<String> names = network.parameters().stream().map(Network.Parameter::name).toList();
    List<String> outputs =
        List.of(
            MaskedAutoencoder.LATENT,
            MaskedAutoencoder.PREDICTION,
            MaskedAutoencoder.MASK,
            Network.LOSS);
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), CompilerSettings.of(1))) {
      GraphExecutor.Pass pass = executor.gradients(in, outputs);
      golden.compare("latent", pass.outputs().get(MaskedAutoencoder.LATENT));
      golden.compare("pred", pass.outputs().get(MaskedAutoencoder.PREDICTION));
      golden.compare("mask", pass.outputs().get(MaskedAutoencoder.MASK));
      golden.compare("loss", pass.outputs().get(Network.LOSS));
      Map<String, INDArray> gradients = new HashMap<>();
      names.forEach(name -> gradients.put(name, pass.gradients().get(name)));
      official.compare(golden, "dweights", gradients);
    }
  }

  private static Official names(MaskedAutoencoderConfig config, boolean dyt) {
    Official official =
        new Official()
            .same("cls_token", "class_token")
            .same("mask_token", "decoder.mask_token")
            .patches("patch_embed.proj", "patch")
            .norm("norm", "norm", dyt)
            .linearWithBias("decoder_embed", "decoder.embed")
            .norm("decoder_norm", "decoder.norm", dyt)
            .linearWithBias("decoder_pred", "decoder.prediction");
    blocks(official, "blocks.", "block", config.encoder().depth(), dyt);
    blocks(official, "decoder_blocks.", "decoder.block", config.decoder().depth(), dyt);
    return official;
  }

  private static void blocks(
      Official official, String prefix, String ours, int depth, boolean dyt) {
    for (int i = 0; i < depth; i++) {
      String theirs = prefix + i;
      String block = ours + i;
      official
          .norm(theirs + ".norm1", block + ".attention.norm", dyt)
          .queryKeyValue(theirs + ".attn.qkv", block + ".attention")
          .linearWithBias(theirs + ".attn.proj", block + ".attention.out")
          .norm(theirs + ".norm2", block + ".ffn.norm", dyt)
          .linearWithBias(theirs + ".mlp.fc1", block + ".ffn.fc1")
          .linearWithBias(theirs + ".mlp.fc2", block + ".ffn.fc2");
    }
  }
}
