package org.normfree.core.golden;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ConvNeXt;
import org.normfree.core.model.image.ConvNeXtConfig;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/** Cases of {@code convnext.json.gz}. */
final class ConvNeXtGolden {
  /** Side of images that no stage uses up. */
  private static final int LARGE = 1024;

  private ConvNeXtGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("convnext_block", ConvNeXtGolden::block)
        .kind("convnext_stem", ConvNeXtGolden::stem)
        .kind("convnext_downsample", ConvNeXtGolden::downsample)
        .kind("convnext_head", ConvNeXtGolden::head)
        .kind("convnext", ConvNeXtGolden::whole);
  }

  private static void block(GoldenCase golden) {
    long dim = golden.shape("x")[1];
    ConvNeXtConfig config = config(3, 2, dim);
    Official names = new Official();
    blockNames(golden, names, "", "");
    agrees(golden, names, config, (net, root) -> x -> net.block(root, 0, 0, x));
  }

  private static void stem(GoldenCase golden) {
    long[] weight = golden.shape("weights/0.weight");
    Official names =
        new Official().convolutionWithBias("0", "stem").norm("1", "stem.norm", dyt(golden));
    ConvNeXtConfig config = config(weight[1], 2, weight[0]);
    agrees(golden, names, config, (net, root) -> x -> net.stem(root.child("stem"), x));
  }

  private static void downsample(GoldenCase golden) {
    long[] weight = golden.shape("weights/1.weight");
    Official names =
        new Official().norm("0", "down.norm", dyt(golden)).convolutionWithBias("1", "down");
    ConvNeXtConfig config = config(3, 2, weight[1], weight[0]);
    agrees(golden, names, config, (net, root) -> x -> net.downsample(root.child("down"), 1, x));
  }

  private static void head(GoldenCase golden) {
    long[] weight = golden.shape("weights/fc.weight");
    Official names = new Official().norm("norm", "norm", dyt(golden)).linearWithBias("fc", "head");
    ConvNeXtConfig config = config(3, (int) weight[0], weight[1]);
    agrees(golden, names, config, (net, root) -> x -> net.head(root, x));
  }

  /** The network as it is trained, between its images and logits. */
  private static void whole(GoldenCase golden) {
    int[] depths = golden.integers("depths");
    int[] dims = golden.integers("dims");
    boolean timm = golden.has("names");
    boolean dyt = dyt(golden);
    Official names = new Official();
    String stem = timm ? "stem." : "downsample_layers.0.";
    names.convolutionWithBias(stem + "0", "stem").norm(stem + "1", "stem.norm", dyt);
    for (int stage = 0; stage < depths.length; stage++) {
      if (stage > 0) {
        String down =
            timm ? "stages.%s.downsample.".formatted(stage) : "downsample_layers." + stage + ".";
        String ours = "stage%s.downsample".formatted(stage);
        names.norm(down + "0", ours + ".norm", dyt).convolutionWithBias(down + "1", ours);
      }
      for (int block = 0; block < depths[stage]; block++) {
        String official = timm ? "stages.%s.blocks.%s." : "stages.%s.%s.";
        blockNames(
            golden,
            names,
            official.formatted(stage, block),
            "stage%s.block%s.".formatted(stage, block));
      }
    }
    boolean nested = golden.has("weights/head.norm.weight");
    names
        .norm(nested ? "head.norm" : "norm", "norm", dyt)
        .linearWithBias(nested ? "head.fc" : "head", "head");
    long[] x = golden.shape("x");
    int classes = (int) golden.shape("y")[1];
    ConvNeXtConfig config =
        new ConvNeXtConfig(
            new ImageShape((int) x[2], (int) x[3], (int) x[1], classes),
            4,
            2,
            7,
            Arrays.stream(dims).boxed().toList(),
            Arrays.stream(depths).boxed().toList(),
            1,
            0,
            ConvNeXtConfig.Weights.PUBLISHED);
    agrees(golden, names, config, (net, root) -> image -> net.logits(root, image));
  }

  /** A part of a network, in its scope. */
  private interface Part extends BiFunction<ConvNeXt, Scope, UnaryOperator<SDVariable>> {}

  private static void agrees(GoldenCase golden, Official names, ConvNeXtConfig config, Part part) {
    if (golden.has("names")) {
      golden.text("names");
    }
    ConvNeXt net = new ConvNeXt(config, method(golden));
    try (GoldenBlock block = new GoldenBlock(golden, (root, x) -> part.apply(net, root).apply(x))) {
      Network network = block.network();
      names.load(network, golden, "weights");
      names.compare(golden, "dweights", block.train(golden));
    }
  }

  private static void blockNames(GoldenCase golden, Official names, String official, String ours) {
    boolean timm = golden.has("names");
    String own = ours + "branch.";
    names
        .same(official + "gamma", own + "layer_scale")
        .convolutionWithBias(official + (timm ? "conv_dw" : "dwconv"), own + "depthwise")
        .norm(official + "norm", own + "norm", dyt(golden))
        .linearWithBias(official + (timm ? "mlp.fc1" : "pwconv1"), own + "fc1")
        .linearWithBias(official + (timm ? "mlp.fc2" : "pwconv2"), own + "fc2");
  }

  private static boolean dyt(GoldenCase golden) {
    return golden.text("norm").equals("dyt");
  }

  private static Method method(GoldenCase golden) {
    if (golden.has("eps")) {
      golden.compareNumbers("eps", 1e-6); // the layer norm's own
    }
    return Methods.create(dyt(golden) ? "dyt" : "pre-ln", MethodOptions.DEFAULTS);
  }

  private static ConvNeXtConfig config(long channels, int classes, long... dims) {
    List<Integer> all = Arrays.stream(dims).mapToObj(Math::toIntExact).toList();
    return new ConvNeXtConfig(
        new ImageShape(LARGE, LARGE, (int) channels, Math.max(2, classes)),
        4,
        2,
        7,
        all,
        all.stream().map(dim -> 1).toList(),
        1,
        0,
        ConvNeXtConfig.Weights.PUBLISHED);
  }
}
