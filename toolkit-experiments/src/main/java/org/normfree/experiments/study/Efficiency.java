package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.NativeThreads;
import org.normfree.core.exec.Precision;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.kernel.Bfloat16;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Alpha0;
import org.normfree.core.method.Branch;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Better;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.core.record.Trial;
import org.normfree.core.task.Team;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;
import org.slf4j.LoggerFactory;

/**
 * {@code efficiency}: whether DyT is faster than RMSNorm here, and where: the time of the norms of
 * a language model of LLaMA's shape, as the model's less that of the same model without norms, in
 * inference and training, op by op in SameDiff's session and by compiled plans. Source: arXiv
 * 2503.10622, tables 14 and 15.
 */
public final class Efficiency implements Experiment {

  private static final String DYT = "dyt";
  private static final String RMS_NORM = "rms-norm";
  private static final String WIDTH = "width";
  private static final String WAY = "executor";
  private static final String SESSION = "session";
  private static final String COMPILED = "compiled";
  private static final String BF16 = "compiled-bf16";

  /** A difference that does not count, in percent of the model without norms. */
  private static final double MARGIN = 1;

  private static final Metric INFERENCE_NORMS =
      share("inference_norms", "norms' time in inference");
  private static final Metric TRAINING_NORMS = share("training_norms", "norms' time in training");
  private static final Metric INFERENCE = Metric.loss("inference", "forward pass", "ms");
  private static final Metric TRAINING = Metric.loss("training", "forward and backward pass", "ms");

  private static final Key<List<String>> METHODS = Studies.methods(RMS_NORM, "pre-ln", DYT, "derf");

  private static final Key<List<Integer>> WIDTHS =
      Key.integers(
          "widths", List.of(256, 512, 1024), Range.any().atLeast(2), "channels of the models");

  private static final Key<List<String>> WAYS =
      Key.choices(
          "ways",
          List.of(SESSION, COMPILED, BF16),
          () -> List.of(SESSION, COMPILED, BF16),
          "what runs them: SameDiff's session op by op, compiled plans in either precision");

  private static final Key<String> ONE_WAY =
      Key.choice("way", COMPILED, () -> List.of(SESSION, COMPILED, BF16), "what runs it");
  private static final Key<Integer> CHANNELS = Keys.WIDTH.withDefault(256);
  private static final Key<Integer> LAYERS = Keys.DEPTH.withDefault(2);

  private static final Key<Integer> SEQUENCES =
      Key.integer("sequences", 2, Range.any().atLeast(1), "sequences of a batch");

  private static final Key<Integer> LENGTH =
      Key.integer("length", 128, Range.any().atLeast(1), "tokens of a sequence");

  private static final Key<Double> SECONDS =
      Key.decimal(
          "seconds", 3.0, Range.any().above(0), "time that the models of a round take turns");

  /** Times the models of a round together and gives each its row, once. */
  private static final class Rounds {
    private final Map<Map<String, Object>, Map<String, Map<String, Double>>> taken =
        new HashMap<>();

    synchronized Outcome row(Config config, Progress.Part progress) {
      String method = config.get(Keys.METHOD);
      Set<String> methods = new LinkedHashSet<>(config.get(METHODS));
      methods.add(method);
      Map<String, Object> round = new HashMap<>(config.toMap());
      round.put(Keys.METHOD.name(), methods);
      if (!taken.getOrDefault(round, Map.of()).containsKey(method)) {
        taken.put(round, measure(config, methods, progress));
      }
      return Outcome.done(taken.get(round).remove(method));
    }
  }

  /** One method in one round; the others take turns with it. */
  static final SingleRun RUN = run(new Rounds());

  private static SingleRun run(Rounds rounds) {
    return new SingleRun(
        "pass-times",
        "what the norms of one model cost",
        List.of(
            Keys.METHOD,
            METHODS,
            ONE_WAY,
            CHANNELS,
            LAYERS,
            SEQUENCES,
            LENGTH,
            SECONDS,
            Keys.SEED,
            Keys.THREADS),
        (config, directory, progress) -> rounds.row(config, progress),
        TRAINING_NORMS,
        INFERENCE_NORMS,
        TRAINING,
        INFERENCE);
  }

  private static Metric share(String name, String title) {
    return new Metric(name, title, "% of the rest", Better.LOWER, Scale.LINEAR, null, null);
  }

  @Override
  public String name() {
    return "efficiency";
  }

  @Override
  public String summary() {
    return "time of norms and of what stands for them in a language model";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "methods=rms-norm,dyt",
                  "widths=128,256",
                  "ways=compiled",
                  "seconds=1",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return List.of(
        METHODS,
        WIDTHS,
        WAYS,
        LAYERS,
        SEQUENCES,
        LENGTH,
        SECONDS,
        Keys.SEED,
        Keys.SEEDS.withDefault(4),
        Keys.THREADS);
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Is DyT faster than RMSNorm, and where?",
            TRAINING_NORMS,
            INFERENCE_NORMS,
            TRAINING,
            INFERENCE)
        .against(Baseline.of(RMS_NORM))
        .over(
            Axis.condition(WAY, "run by")
                .with(
                    Map.of(
                        SESSION, "SameDiff's session",
                        COMPILED, "compiled plans",
                        BF16, "compiled plans in bf16")),
            Axis.depth(WIDTH, "width"))
        .drawn(
            FigureSpec.of(FigureSpec.LINES, TRAINING_NORMS.name(), WIDTH, WAY),
            FigureSpec.of(FigureSpec.LINES, INFERENCE_NORMS.name(), WIDTH, WAY))
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<Claim> claims = new ArrayList<>();
    if (!config.get(METHODS).containsAll(List.of(DYT, RMS_NORM))) {
      return claims;
    }
    Map<Metric, String> first = new LinkedHashMap<>();
    first.put(INFERENCE_NORMS, "inference, 2.1 against 1.0 s");
    first.put(TRAINING_NORMS, "training, 8.3 against 4.8 s");
    List<String> ways = config.get(WAYS);
    first.forEach(
        (metric, printed) -> {
          String pass = metric.equals(TRAINING_NORMS) ? "training" : "inference";
          if (ways.contains(SESSION)) {
            claims.add(
                Claim.better(
                    "dyt-faster-op-by-op-" + pass,
                    "Op by op DyT takes less time than RMSNorm in " + pass,
                    Studies.DYT + ", table 14, layers: " + printed,
                    metric,
                    at(DYT, SESSION),
                    at(RMS_NORM, SESSION)));
          }
          for (String way : ways) {
            if (way.equals(SESSION)) {
              continue;
            }
            String how = way.equals(BF16) ? "Compiled, in bf16," : "Compiled";
            claims.add(
                Claim.same(
                    "dyt-as-fast-%s-%s".formatted(way, pass),
                    "%s DyT is as fast as RMSNorm in %s".formatted(how, pass),
                    Studies.DYT + ", table 15: no difference once layers are compiled",
                    metric,
                    at(DYT, way),
                    at(RMS_NORM, way),
                    MARGIN));
            for (int width : config.get(WIDTHS)) {
              claims.add(
                  Claim.better(
                      "dyt-faster-%s-%s-%s".formatted(way, pass, width),
                      "%s DyT takes less time than RMSNorm in %s at width %s"
                          .formatted(how, pass, width),
                      "this toolkit: one pass over the data and no statistic to wait for",
                      metric,
                      at(DYT, way).with(WIDTH, width),
                      at(RMS_NORM, way).with(WIDTH, width)));
            }
          }
        });
    return claims;
  }

  private static Where at(String method, String way) {
    return Where.of(method).with(WAY, way);
  }

  /**
   * Rounds one after the other, in each all models in turn, so that no method has a day of its own.
   */
  @Override
  public Runs run(Config config, RunDirectory directory) {
    List<String> ways = new ArrayList<>(config.get(WAYS));
    Bfloat16.missing("auto", "auto").filter(reason -> ways.remove(BF16)).ifPresent(this::leaveOut);
    SingleRun single = run(new Rounds());
    List<SweepTrial> trials = new ArrayList<>();
    for (long seed : Keys.seedsOf(config)) {
      for (int width : config.get(WIDTHS)) {
        for (String way : ways) {
          for (String method : config.get(METHODS)) {
            trials.add(trial(single, config, method, width, way, seed));
          }
        }
      }
    }
    return Runs.of(new Sweep(directory, 1).run(name(), trials));
  }

  private void leaveOut(String reason) {
    LoggerFactory.getLogger(Efficiency.class).warn("{}: {} is left out, {}", name(), BF16, reason);
  }

  private SweepTrial trial(
      SingleRun single, Config config, String method, int width, String way, long seed) {
    Map<String, String> setting = Map.of(WIDTH, Integer.toString(width), WAY, way);
    Config shared = RUN.settings(config);
    return single.trial(
        Study.id(method, setting) + "-seed" + seed,
        new Trial(name(), method, setting, seed, Trial.FINAL),
        shared.with(CHANNELS, width).with(ONE_WAY, way));
  }

  /** A method without a factor behind the embedding, which is no norm's cost. */
  static Method method(String name) {
    return Methods.create(
        name, new MethodOptions(Alpha0.everywhere(0.5), false, true, true, false, 1e-4));
  }

  /** {@code x + f(x)} without any norm, and weights as LayerNorm's have them. */
  static final class Nothing implements Method {
    private final Method weights = method("pre-ln");

    @Override
    public String name() {
      return "nothing";
    }

    @Override
    public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
      return x;
    }

    @Override
    public SDVariable residual(
        Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
      return x.add(f.apply(x));
    }

    @Override
    public SDVariable weight(Scope scope, WeightRole role, long... shape) {
      return weights.weight(scope, role, shape);
    }
  }

  private static Map<String, Map<String, Double>> measure(
      Config config, Set<String> methods, Progress.Part progress) {
    NativeThreads.limit(1);
    config.get(Keys.THREADS).ifPresent(Team::size);
    PassTimes.Shape shape =
        new PassTimes.Shape(
            config.get(CHANNELS), config.get(LAYERS), config.get(SEQUENCES), config.get(LENGTH));
    try (PassTimes times =
        new PassTimes(
            shape,
            methods.stream().map(Efficiency::method).toList(),
            new Nothing(),
            network -> executor(network, config.get(ONE_WAY)),
            config.get(Keys.SEED))) {
      return times.take(config.get(SECONDS), progress);
    }
  }

  private static GraphExecutor executor(Network network, String way) {
    if (way.equals(SESSION)) {
      return new StockExecutor(network.graph(), Kernels.standard());
    }
    Precision precision = way.equals(BF16) ? Precision.BF16 : Precision.FLOAT32;
    return new CompiledExecutor(
        network.graph(),
        new CompilerSettings(Team.size(), precision, Kernels.standard(), network.moving(), false));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new Efficiency(), args);
  }
}
