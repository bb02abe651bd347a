package org.normfree.core.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.NormSite;
import org.normfree.core.model.dna.Caduceus;
import org.normfree.core.model.dna.CaduceusConfig;
import org.normfree.core.model.dna.MambaMixer;
import org.normfree.core.model.dna.MambaShape;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;

/** Cases of {@code caduceus.json}. */
final class CaduceusGolden {
  private static final double EPSILON = 1e-5;

  private CaduceusGolden() {}

  static void register(GoldenFolder folder) {
    folder.kind("rcps_block", CaduceusGolden::block).kind("caduceus_lm", CaduceusGolden::whole);
  }

  private static boolean tied(GoldenCase golden, String mixer) {
    return !golden.has("parameters/" + mixer + "mamba_rev.in_proj.weight");
  }

  /** A block before its sum: the stream so far and what the block before adds to it come in. */
  private static void block(GoldenCase golden) {
    String place = "mixer.submodule.";
    MambaShape shape = MambaGolden.shape(golden, place + "mamba_fwd.");
    golden.compareNumbers("dState", shape.state());
    NormName norm = NormName.of(golden);
    boolean tied = tied(golden, place);
    MambaMixer mixer = MambaGolden.mixer(shape);
    Official names = new Official();
    MambaGolden.bothNames(names, shape, place, "mixer.", tied);
    norm.add(names, "norm.submodule", "norm");
    Network network =
        Scope.build(
            golden.type(),
            1,
            root -> {
              SameDiff sd = root.graph();
              SDVariable hidden = sd.var("hidden", golden.tensor("hidden"));
              SDVariable residual = sd.var("residual", golden.tensor("residual"));
              SDVariable stream = hidden.add(residual);
              SDVariable strands = strands(sd, stream);
              NormSite site =
                  new NormSite(
                      NormSite.Kind.ATTENTION,
                      shape.width(),
                      NormSite.Affine.GAIN_AND_BIAS,
                      EPSILON);
              SDVariable normed = norm.method().normalize(root.child("norm"), site, strands);
              SDVariable mixed = mixer.bothWays(root.child("mixer"), normed, tied);
              SDVariable out = sd.identity("out", channels(sd, mixed));
              SDVariable sum = sd.identity("outResidual", stream);
              out.mul(sd.constant(golden.tensor("upstream")))
                  .sum()
                  .add("objective", sum.mul(sd.constant(golden.tensor("upstreamResidual"))).sum());
              root.objective(Objective.of("objective"));
            });
    names.load(network, golden, "parameters");
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), CompilerSettings.of(2))) {
      List<String> outputs = List.of("out", "outResidual");
      GraphExecutor.Pass pass = executor.gradients(Map.of(), outputs);
      outputs.forEach(name -> golden.compare(name, pass.outputs().get(name)));
      Map<String, INDArray> gradients = new LinkedHashMap<>(pass.gradients());
      golden.compare("dhidden", gradients.remove("hidden"));
      golden.compare("dresidual", gradients.remove("residual"));
      names.compare(golden, "gradients", gradients);
    }
  }

  /** Two strands side by side in the channels as one batch of twice the size. */
  private static SDVariable strands(SameDiff sd, SDVariable x) {
    SDVariable[] halves = sd.split(x, 2, 2);
    return sd.concat(0, halves[0], sd.reverse(halves[1], 1, 2));
  }

  private static SDVariable channels(SameDiff sd, SDVariable x) {
    SDVariable[] halves = sd.split(x, 2, 0);
    return sd.concat(2, halves[0], sd.reverse(halves[1], 1, 2));
  }

  private static void whole(GoldenCase golden) {
    boolean shared =
        switch (golden.text("variant")) {
          case "ps" -> true;
          case "ph" -> false;
          default -> throw new AssertionError("a variant nobody knows");
        };
    String own = shared ? ".submodule" : "";
    String backbone = "caduceus.backbone.";
    int depth = golden.integer("layers");
    String first = backbone + "layers.0.mixer" + own + ".";
    MambaShape shape = MambaGolden.shape(golden, first + "mamba_fwd.");
    golden.compareNumbers("width", shape.width());
    golden.compareNumbers("dState", shape.state());
    boolean tied = tied(golden, first);
    NormName norm = NormName.of(golden);
    Official names = new Official();
    String table =
        backbone + "embeddings.word_embeddings." + (shared ? "embedding.weight" : "weight");
    names.same(table, "embedding.weight");
    for (int i = 0; i < depth; i++) {
      String official = backbone + "layers.%s.".formatted(i);
      String ours = "block%s.mixer.".formatted(i);
      MambaGolden.bothNames(names, shape, official + "mixer" + own + ".", ours, tied);
      norm.add(names, official + "norm" + own, ours + "norm");
    }
    norm.add(names, backbone + "norm_f" + own, "norm");
    List<Integer> complement = new ArrayList<>();
    Arrays.stream(golden.integers("complement")).forEach(complement::add);
    CaduceusConfig config =
        new CaduceusConfig(
            complement,
            shape,
            depth,
            shared ? CaduceusConfig.Strands.SHARED : CaduceusConfig.Strands.POST_HOC,
            tied,
            false,
            Math.toIntExact(golden.shape("ids")[1]),
            0,
            golden.number("epsilon"));
    Network network = Caduceus.build(config, norm.method(), golden.type(), 1);
    LanguageModelGolden.check(
        golden, network, names, golden.integers("ids"), golden.integers("labels"));
  }
}
