package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.diffuse.Denoising;
import org.normfree.core.diffuse.Guidance;
import org.normfree.core.diffuse.NoiseSchedule;
import org.normfree.core.diffuse.ReverseStep;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.Denoiser;
import org.normfree.core.model.image.DiTConfig;
import org.normfree.core.model.image.DiffusionTransformer;
import org.normfree.core.model.image.TimestepEmbedding;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.probe.FrechetDistance;

/** Cases of {@code dit.json.gz}. */
final class DitGolden {
  private static final double LEARNED = 1e-9;
  private static final String CONDITION = "condition";
  private static final String Y = "y";

  private DitGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("timestep_embedding", DitGolden::timestepEmbedding)
        .kind("dit_block", DitGolden::block)
        .kind("dit_final", DitGolden::last)
        .kind("dit", DitGolden::network)
        .kind("dit_guidance", DitGolden::guidance)
        .kind("diffusion_tables", DitGolden::tables)
        .kind("diffusion_respace", DitGolden::respace)
        .kind("diffusion_loss", DitGolden::loss)
        .kind("diffusion_posterior", DitGolden::posterior)
        .kind("diffusion_step", DitGolden::step)
        .kind("frechet", DitGolden::frechet);
  }

  private static void timestepEmbedding(GoldenCase golden) {
    int dim = golden.integer("dim");
    double period = golden.number("max_period");
    double[] values =
        Arrays.stream(golden.numbers("t"))
            .flatMap(t -> Arrays.stream(TimestepEmbedding.of(t, dim, period)))
            .toArray();
    golden.compareNumbers("y", values);
    golden.ignore("published_single_precision"); // y with frequencies and angles rounded
  }

  private static boolean dyt(GoldenCase golden) {
    return golden.text("norm").equals("dyt");
  }

  private static Method method(boolean dyt) {
    return Methods.create(dyt ? "dyt" : "pre-ln", MethodOptions.DEFAULTS);
  }

  private static void checkEpsilon(GoldenCase golden) {
    assertThat(golden.number("eps")).as("the ε of the project's layer norms").isEqualTo(1e-6);
  }

  /** A shape with what the case leaves open. */
  private static DiTConfig config(
      int side, int channels, int patch, int dim, int heads, double mlpRatio) {
    return new DiTConfig(
        side,
        side,
        channels,
        2,
        patch,
        dim,
        1,
        heads,
        mlpRatio,
        1,
        2,
        false,
        DiTConfig.ZeroInit.DIT);
  }

  private static void block(GoldenCase golden) {
    checkEpsilon(golden);
    boolean dyt = dyt(golden);
    int dim = (int) golden.shape("x")[2];
    DiTConfig config = config(2, 1, 1, dim, golden.integer("heads"), golden.number("mlp_ratio"));
    DiffusionTransformer model = new DiffusionTransformer(config, method(dyt));
    Official names = new Official();
    blockNames(names, "", "block.", dyt);
    part(golden, names, (scope, x, c) -> model.block(scope.child("block"), 0, x, c));
  }

  private static void last(GoldenCase golden) {
    checkEpsilon(golden);
    boolean dyt = dyt(golden);
    int dim = (int) golden.shape("x")[2];
    int patch = golden.integer("patch");
    DiTConfig config = config(patch, golden.integer("channels"), patch, dim, 1, 1);
    DiffusionTransformer model = new DiffusionTransformer(config, method(dyt));
    Official names = new Official();
    lastNames(names, "", "last.", dyt);
    part(golden, names, (scope, x, c) -> model.last(scope.child("last"), x, c));
  }

  private static void blockNames(Official names, String official, String ours, boolean dyt) {
    names
        .linearWithBias(official + "adaLN_modulation.1", ours + "modulation")
        .queryKeyValue(official + "attn.qkv", ours + "attention")
        .linearWithBias(official + "attn.proj", ours + "attention.out")
        .linearWithBias(official + "mlp.fc1", ours + "ffn.fc1")
        .linearWithBias(official + "mlp.fc2", ours + "ffn.fc2");
    if (dyt) {
      names
          .same(official + "norm1.alpha", ours + "attention.norm.alpha")
          .same(official + "norm2.alpha", ours + "ffn.norm.alpha");
    }
  }

  private static void lastNames(Official names, String official, String ours, boolean dyt) {
    names
        .linearWithBias(official + "linear", ours + "linear")
        .linearWithBias(official + "adaLN_modulation.1", ours + "modulation");
    if (dyt) {
      names.same(official + "norm_final.alpha", ours + "norm.alpha");
    }
  }

  /** A part of the model between tokens and their condition. */
  private interface Part {
    SDVariable of(Scope scope, SDVariable x, SDVariable activatedCondition);
  }

  private static void part(GoldenCase golden, Official names, Part part) {
    Scope root = Scope.root(golden.type(), 1);
    SDVariable x = variable(root, Network.INPUT, golden.tensor("x"));
    SDVariable c = variable(root, CONDITION, golden.tensor("c"));
    SDVariable y = part.of(root, x, root.ops().silu("silu", c));
    Map<String, INDArray> gradients =
        run(golden, root, names, y.rename(Y), Map.of(), golden.tensor("upstream"));
    golden.compare("dx", gradients.get(Network.INPUT));
    golden.compare("dc", gradients.get(CONDITION));
  }

  /** A variable beside the parameters, so that its gradient is computed. */
  private static SDVariable variable(Scope root, String name, INDArray value) {
    return root.graph().var(name, value);
  }

  /** Compares y and the weights' gradients of Σ y·upstream; gives all gradients. */
  private static Map<String, INDArray> run(
      GoldenCase golden,
      Scope root,
      Official names,
      SDVariable y,
      Map<String, INDArray> placeholders,
      INDArray upstream) {
    SDVariable weights = root.graph().constant("upstream", upstream);
    y.mul(weights).sum(Network.LOSS);
    root.objective(Objective.of(Network.LOSS));
    Network network = root.network();
    names.load(network, golden, "weights");
    try (GraphExecutor executor = new StockExecutor(network.graph())) {
      GraphExecutor.Pass pass = executor.gradients(placeholders, List.of(Y));
      INDArray value = pass.outputs().get(Y);
      golden.compare("y", value.rank() == 4 ? value.permute(0, 3, 1, 2) : value);
      names.compare(golden, "dweights", pass.gradients());
      return new HashMap<>(pass.gradients());
    }
  }

  private static void network(GoldenCase golden) {
    checkEpsilon(golden);
    boolean dyt = dyt(golden);
    int depth = golden.integer("depth");
    int[] times = golden.integers("t");
    DiTConfig config =
        new DiTConfig(
            golden.integer("input_size"),
            golden.integer("input_size"),
            golden.integer("in_channels"),
            golden.integer("num_classes"),
            golden.integer("patch_size"),
            golden.integer("hidden_size"),
            depth,
            golden.integer("num_heads"),
            golden.number("mlp_ratio"),
            Arrays.stream(times).max().orElse(0) + 1,
            golden.integer("frequencies"),
            golden.flag("learn_sigma"),
            dyt ? DiTConfig.ZeroInit.DYT : DiTConfig.ZeroInit.DIT);
    Official names =
        new Official()
            .patches("x_embedder.proj", "patch")
            .linearWithBias("t_embedder.mlp.0", "time.fc1")
            .linearWithBias("t_embedder.mlp.2", "time.fc2")
            .same("y_embedder.embedding_table.weight", "label.weight");
    for (int i = 0; i < depth; i++) {
      blockNames(names, "blocks." + i + ".", "block" + i + ".", dyt);
    }
    lastNames(names, "final_layer.", "last.", dyt);
    Scope root = Scope.root(golden.type(), 1);
    SameDiff sd = root.graph();
    SDVariable x = variable(root, Network.INPUT, channelsLast(golden.tensor("x")));
    SDVariable time = sd.placeHolder(Denoising.TIME, DataType.INT32, -1);
    SDVariable label = sd.placeHolder(Denoising.LABEL, DataType.INT32, -1);
    SDVariable y = new DiffusionTransformer(config, method(dyt)).predict(root, x, time, label);
    Map<String, INDArray> gradients =
        run(
            golden,
            root,
            names,
            y.rename(Y),
            Map.of(
                Denoising.TIME,
                Nd4j.createFromArray(times),
                Denoising.LABEL,
                Nd4j.createFromArray(golden.integers("labels"))),
            channelsLast(golden.tensor("upstream")));
    golden.compare("dx", gradients.get(Network.INPUT).permute(0, 3, 1, 2));
  }

  private static INDArray channelsLast(INDArray image) {
    return image.permute(0, 2, 3, 1).dup('c');
  }

  private static INDArray channelsFirst(INDArray image) {
    return image.permute(0, 3, 1, 2).dup('c');
  }

  private static void guidance(GoldenCase golden) {
    Guidance guidance = new Guidance(golden.number("scale"), Guidance.OFFICIAL_CHANNELS);
    INDArray guided = guidance.of(channelsLast(golden.tensor("model_output")));
    golden.compare("y", channelsFirst(guided));
  }

  private static NoiseSchedule schedule(GoldenCase golden) {
    return NoiseSchedule.linear(golden.integer("steps"));
  }

  private static void tables(GoldenCase golden) {
    NoiseSchedule schedule = schedule(golden);
    golden.compareNumbers("betas", schedule.table(schedule::beta));
    golden.compareNumbers("alphas_cumprod", schedule.table(schedule::alphaBar));
    golden.compareNumbers("sqrt_alphas_cumprod", schedule.table(schedule::signal));
    golden.compareNumbers("sqrt_one_minus_alphas_cumprod", schedule.table(schedule::noise));
    golden.compareNumbers("posterior_variance", schedule.table(schedule::posteriorVariance));
    golden.compareNumbers(
        "posterior_log_variance_clipped", schedule.table(schedule::posteriorLogVariance));
    golden.compareNumbers("posterior_mean_coef1", schedule.table(schedule::posteriorOfClean));
    golden.compareNumbers("posterior_mean_coef2", schedule.table(schedule::posteriorOfNoisy));
  }

  private static void respace(GoldenCase golden) {
    int steps = Integer.parseInt(golden.text("respacing"));
    NoiseSchedule schedule = schedule(golden).respaced(steps);
    golden.compareNumbers("timestep_map", schedule.table(schedule::time));
    golden.compareNumbers("betas", schedule.table(schedule::beta));
  }

  /** A denoiser whose answer is given. */
  private record Given(
      INDArray answer, int height, int width, int channels, int times, boolean learnedSigma)
      implements Denoiser {
    private static final String ANSWER = "answer";

    @Override
    public int classes() {
      return 1;
    }

    @Override
    public SDVariable predict(Scope root, SDVariable x, SDVariable time, SDVariable label) {
      double[] values = answer.data().asDouble();
      return root.parameter(ANSWER, (shape, rng) -> values, answer.shape()).mul(1);
    }
  }

  private static void loss(GoldenCase golden) {
    NoiseSchedule schedule = schedule(golden);
    boolean learned = golden.flag("learn_sigma");
    long[] shape = golden.shape("x0");
    Given model =
        new Given(
            channelsLast(golden.tensor("model_output")),
            (int) shape[2],
            (int) shape[3],
            (int) shape[1],
            schedule.steps(),
            learned);
    Network network = new Denoising(model, schedule, 0).network(golden.type(), 1);
    Map<String, INDArray> placeholders =
        Map.of(
            Network.INPUT, channelsLast(golden.tensor("x0")),
            Network.TARGETS, Nd4j.zeros(DataType.INT32, shape[0]),
            Denoising.NOISE, channelsLast(golden.tensor("noise")),
            Denoising.TIME, Nd4j.createFromArray(golden.integers("t")));
    List<String> outputs = new ArrayList<>(List.of(Denoising.NOISY, Denoising.ERRORS));
    outputs.add(Denoising.LOSSES);
    if (learned) {
      outputs.add(Denoising.BITS);
    }
    try (GraphExecutor executor = new StockExecutor(network.graph())) {
      GraphExecutor.Pass pass = executor.gradients(placeholders, outputs);
      golden.compare("x_t", channelsFirst(pass.outputs().get(Denoising.NOISY)));
      golden.compare("mse", pass.outputs().get(Denoising.ERRORS));
      golden.compare("loss", pass.outputs().get(Denoising.LOSSES), LEARNED);
      if (learned) {
        golden.compare("vb", pass.outputs().get(Denoising.BITS), LEARNED);
      }
      golden.compare(
          "dmodel_output_of_mean_loss",
          channelsFirst(pass.gradients().get(Given.ANSWER)),
          learned ? LEARNED : 1e-11);
    }
  }

  private static void posterior(GoldenCase golden) {
    NoiseSchedule schedule = schedule(golden);
    int[] t = golden.integers("t");
    INDArray clean = channelsLast(golden.tensor("x0"));
    INDArray noisy = channelsLast(golden.tensor("x_t"));
    golden.compareNumbers("variance", at(t, schedule.table(schedule::posteriorVariance)));
    golden.compareNumbers("log_variance", at(t, schedule.table(schedule::posteriorLogVariance)));
    // the guess of the noise that means x0
    INDArray guess = noisy.dup();
    for (int i = 0; i < t.length; i++) {
      guess
          .slice(i)
          .assign(
              noisy
                  .slice(i)
                  .mul(schedule.cleanOfNoisy(t[i]))
                  .sub(clean.slice(i))
                  .div(schedule.cleanOfNoise(t[i])));
    }
    ReverseStep step = new ReverseStep(schedule, ReverseStep.Variance.FIXED_SMALL, false);
    golden.compare("mean", channelsFirst(step.belief(noisy, guess, t).mean()));
  }

  private static double[] at(int[] t, double... table) {
    return Arrays.stream(t).mapToDouble(i -> table[i]).toArray();
  }

  private static void step(GoldenCase golden) {
    ReverseStep.Variance variance =
        switch (golden.text("variance")) {
          case "learned_range" -> ReverseStep.Variance.LEARNED_RANGE;
          case "fixed_large" -> ReverseStep.Variance.FIXED_LARGE;
          case "fixed_small" -> ReverseStep.Variance.FIXED_SMALL;
          default -> throw new AssertionError(golden.text("variance"));
        };
    double tolerance = variance == ReverseStep.Variance.LEARNED_RANGE ? LEARNED : 1e-11;
    ReverseStep step = new ReverseStep(schedule(golden), variance, golden.flag("clip_denoised"));
    INDArray x = channelsLast(golden.tensor("x_t"));
    INDArray prediction = channelsLast(golden.tensor("model_output"));
    INDArray noise = channelsLast(golden.tensor("noise"));
    int[] t = golden.integers("t");
    ReverseStep.Belief belief = step.belief(x, prediction, t);
    golden.compare("pred_x0", channelsFirst(belief.clean()), tolerance);
    golden.compare("mean", channelsFirst(belief.mean()), tolerance);
    golden.compare("log_variance", channelsFirst(belief.logVariance()), tolerance);
    golden.compare("sample", channelsFirst(step.ddpm(x, prediction, noise, t)), tolerance);
    golden.compare("ddim_eta0", channelsFirst(step.ddim(0, x, prediction, noise, t)), tolerance);
    golden.compare("ddim_eta05", channelsFirst(step.ddim(0.5, x, prediction, noise, t)), tolerance);
  }

  private static void frechet(GoldenCase golden) {
    INDArray a = golden.tensor("a");
    INDArray b = golden.tensor("b");
    boolean deficient = a.rows() <= a.columns() || b.rows() <= b.columns();
    golden.compare(
        "distance", Nd4j.createFromArray(FrechetDistance.between(a, b)), deficient ? 1e-6 : 1e-11);
  }
}
