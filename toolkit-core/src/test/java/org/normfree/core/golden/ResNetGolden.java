package org.normfree.core.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.BatchNorm;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.NormSite;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.model.image.ResNet;
import org.normfree.core.model.image.ResNetConfig;
import org.normfree.core.model.image.Vgg;
import org.normfree.core.model.image.VggConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/** Cases of {@code resnet.json.gz}. */
final class ResNetGolden {
  private static final int LARGE = 1024;

  private ResNetGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("batchnorm", golden -> norm(golden, true))
        .kind("batchnorm1d_no_affine", golden -> norm(golden, false))
        .kind("resnet_basic", ResNetGolden::basic)
        .kind("resnet_bottleneck", ResNetGolden::bottleneck)
        .kind("resnet_stem", ResNetGolden::stem)
        .kind("vgg_features", ResNetGolden::features);
  }

  /** Official and own names of a part's parameters and of its norms, in order. */
  private static final class Names {
    private final boolean dyt;
    private final Official parameters = new Official();
    private final Map<String, String> norms = new LinkedHashMap<>();
    private final Map<String, String> scaledBy = new LinkedHashMap<>();

    Names(GoldenCase golden) {
      dyt = golden.text("norm").equals("dyt");
    }

    Names convolution(String official, String ours) {
      parameters.convolution(official + ".weight", ours + ".weight");
      return this;
    }

    /** Its bias is taken away again by batch statistics: in training its gradient is 0. */
    Names convolutionWithBias(String official, String ours) {
      parameters.convolutionWithBias(official, ours);
      scaledBy.put(official + ".bias", official + ".weight");
      return this;
    }

    Names norm(String official, String ours) {
      norms.put(official, ours);
      parameters.norm(official, ours, dyt);
      return this;
    }
  }

  private static void norm(GoldenCase golden, boolean affine) {
    NormSite site = new NormSite(NormSite.Kind.STEM, golden.shape("state0/running_mean")[0]);
    Method method = method(golden, affine);
    Names names = new Names(golden);
    names.norms.put("", "norm");
    if (affine) {
      names.parameters.same("weight", "norm.gain").same("bias", "norm.bias");
    }
    agrees(golden, names, (root, x) -> method.normalize(root.child("norm"), site, x));
  }

  private static void basic(GoldenCase golden) {
    long[] weight = golden.shape("weights/conv1.weight");
    String shortcut = golden.text("shortcut");
    Names names =
        new Names(golden)
            .convolution("conv1", "branch.conv1")
            .norm("bn1", "branch.conv1.norm")
            .convolution("conv2", "branch.conv2")
            .norm("bn2", "branch.conv2.norm");
    shortcutNames(golden, names);
    ResNet net =
        net(
            golden,
            ResNetConfig.Block.BASIC,
            shortcut.equals("pad") ? ResNetConfig.Shortcut.PAD : ResNetConfig.Shortcut.PROJECTION);
    ResNet.Widths widths = new ResNet.Widths(weight[1], weight[0]);
    int stride = golden.integer("stride");
    agrees(golden, names, (root, x) -> net.block(root, 0, x, widths, stride));
  }

  private static void bottleneck(GoldenCase golden) {
    long in = golden.shape("weights/conv1.weight")[1];
    Names names =
        new Names(golden)
            .convolution("conv1", "branch.conv1")
            .norm("bn1", "branch.conv1.norm")
            .convolution("conv2", "branch.conv2")
            .norm("bn2", "branch.conv2.norm")
            .convolution("conv3", "branch.conv3")
            .norm("bn3", "branch.conv3.norm");
    shortcutNames(golden, names);
    ResNet net = net(golden, ResNetConfig.Block.BOTTLENECK, ResNetConfig.Shortcut.PROJECTION);
    ResNet.Widths widths = new ResNet.Widths(in, golden.integer("planes"));
    int stride = golden.integer("stride");
    agrees(golden, names, (root, x) -> net.block(root, 0, x, widths, stride));
  }

  private static void shortcutNames(GoldenCase golden, Names names) {
    if (golden.has("weights/downsample.0.weight")) {
      names.convolution("downsample.0", "shortcut").norm("downsample.1", "shortcut.norm");
    }
  }

  private static void stem(GoldenCase golden) {
    long[] weight = golden.shape("weights/0.weight");
    Names names = new Names(golden).convolution("0", "stem").norm("1", "stem.norm");
    ResNetConfig config =
        new ResNetConfig(
            new ImageShape(LARGE, LARGE, (int) weight[1], 2),
            ResNetConfig.Stem.IMAGENET,
            ResNetConfig.Block.BASIC,
            ResNetConfig.Shortcut.PROJECTION,
            (int) weight[0],
            List.of(1),
            List.of(1));
    ResNet net = new ResNet(config, method(golden, true));
    agrees(golden, names, (root, x) -> net.stem(root.child("stem"), x));
  }

  private static void features(GoldenCase golden) {
    Names names = new Names(golden);
    List<Integer> features =
        golden.texts("cfg").stream()
            .map(word -> word.equals("M") ? VggConfig.POOL : Integer.parseInt(word))
            .toList();
    int module = 0;
    int convolutions = 0;
    for (int channels : features) {
      if (channels == VggConfig.POOL) {
        module++;
        continue;
      }
      String ours = "conv" + convolutions++;
      names
          .convolutionWithBias(String.valueOf(module), ours)
          .norm(String.valueOf(module + 1), ours + ".norm");
      module += 3; // convolution, norm, ReLU
    }
    int channels = (int) golden.shape("weights/0.weight")[1];
    VggConfig config =
        new VggConfig(new ImageShape(LARGE, LARGE, channels, 2), features, 1, List.of(), 0);
    Vgg net = new Vgg(config, method(golden, true));
    agrees(golden, names, net::features);
  }

  private static ResNet net(
      GoldenCase golden, ResNetConfig.Block block, ResNetConfig.Shortcut shortcut) {
    ResNetConfig config =
        new ResNetConfig(
            new ImageShape(LARGE, LARGE, 3, 2),
            ResNetConfig.Stem.SMALL,
            block,
            shortcut,
            2,
            List.of(2),
            List.of(1));
    return new ResNet(config, method(golden, true));
  }

  private static Method method(GoldenCase golden, boolean affine) {
    return golden.text("norm").equals("dyt")
        ? Methods.create("dyt", MethodOptions.DEFAULTS)
        : new BatchNorm(golden.number("eps"), golden.number("momentum"), affine);
  }

  private static void agrees(
      GoldenCase golden, Names names, BiFunction<Scope, SDVariable, SDVariable> part) {
    boolean trains = golden.has("train");
    try (GoldenBlock block = new GoldenBlock(trains ? golden.at("train/0") : golden, part)) {
      Network network = block.network();
      names.parameters.load(network, golden, "weights");
      if (!trains) {
        names.parameters.compare(golden, "dweights", block.train(golden));
        return;
      }
      for (Map.Entry<String, String> norm : names.norms.entrySet()) {
        String official = "state0/" + dotted(norm.getKey());
        network.array(norm.getValue() + ".mean").assign(golden.tensor(official + "running_mean"));
        network
            .array(norm.getValue() + ".variance")
            .assign(golden.tensor(official + "running_var"));
      }
      for (int i = 0; i < golden.size("train"); i++) {
        GoldenCase step = golden.at("train/" + i);
        names.parameters.compare(step, "dweights", block.train(step), names.scaledBy);
        for (Map.Entry<String, String> norm : names.norms.entrySet()) {
          String official = "state/" + dotted(norm.getKey());
          step.compare(official + "running_mean", network.array(norm.getValue() + ".mean"));
          step.compare(official + "running_var", network.array(norm.getValue() + ".variance"));
        }
      }
      GoldenCase last = golden.at("eval");
      names.parameters.compare(last, "dweights", block.evaluate(last));
    }
  }

  private static String dotted(String name) {
    return name.isEmpty() ? "" : name + ".";
  }
}
