package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.method.Methods;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.statistics.Published;

/**
 * {@code dyt-squash}: DyT with tanh, hardtanh, sigmoid and no squash at all, each with and without
 * α, at one learning rate; beside them the functions of Derf's search and methods whose squash
 * knows how large its input is. Source: arXiv 2503.10622, section 6.1, tables 7 and 8.
 */
public final class DytSquash implements Experiment {
  private static final Map<String, String> METHOD_OF_SQUASH =
      Map.of("tanh", "dyt", "hardtanh", "hardtanh", "sigmoid", "sigmoid", "identity", "identity");
  private static final List<String> SQUASHES = List.of("tanh", "hardtanh", "sigmoid", "identity");

  private static final Key<List<String>> RIVALS =
      Key.choices(
          "rivals",
          List.of("derf", "satursin", "arctan", "isru", "softsign", "bhyt", "see-d-norm"),
          Methods::names,
          "methods beside the four functions, each as it is");

  @Override
  public String name() {
    return "dyt-squash";
  }

  @Override
  public String summary() {
    return "DyT's squashing functions with and without alpha (tables 7 and 8), and Derf's";
  }

  @Override
  public List<Key<?>> keys() {
    return Studies.keys().after(RIVALS).keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "lr=0.01", "epochs=8", "rivals=derf,bhyt"));
  }

  @Override
  public Design design(Config config) {
    Published published = Published.table(7, "ViT-B").or(Published.table(8, "ViT-B"));
    return Design.of(
            "Does it matter which function squashes, and whether its input is scaled by α?",
            TEST_ACCURACY,
            TEST_LOSS)
        .against(new Baseline("dyt", setting("tanh", "learned")))
        .over(
            Axis.variant("squash", "squash")
                .with(
                    Map.of(
                        "tanh", "tanh",
                        "hardtanh", "hardtanh",
                        "sigmoid", "sigmoid",
                        "identity", "identity")),
            Axis.variant("alpha", "α").with(Map.of("learned", "α learned", "none", "no α")))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, "test_accuracy", "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .trainedFrom("test_accuracy", 50)
        .beside(
            (metric, row) ->
                metric.equals("test_accuracy") ? published.find(row.method()) : Optional.empty())
        .claiming(claims());
  }

  private static List<Claim> claims() {
    String seven = Studies.DYT + ", table 7, ViT-B";
    String eight = Studies.DYT + ", table 8, ViT-B";
    List<Claim> claims = new ArrayList<>();
    claims.add(
        Claim.better(
            "tanh-over-hardtanh",
            "tanh is better than hardtanh (82.5 against 82.2)",
            seven,
            TEST_ACCURACY,
            where("tanh", "learned"),
            where("hardtanh", "learned")));
    claims.add(
        Claim.better(
            "hardtanh-over-sigmoid",
            "hardtanh is better than sigmoid (82.2 against 81.6)",
            seven,
            TEST_ACCURACY,
            where("hardtanh", "learned"),
            where("sigmoid", "learned")));
    claims.add(
        Claim.trains(
            "identity-fails",
            "Without a squash training fails",
            seven + ": 61.0, then failed",
            where("identity", "learned"),
            Interval.upTo(50)));
    for (String squash : List.of("tanh", "hardtanh", "sigmoid")) {
      claims.add(
          Claim.better(
              "alpha-helps-" + squash,
              "α helps " + squash,
              eight,
              TEST_ACCURACY,
              where(squash, "learned"),
              where(squash, "none")));
    }
    return claims;
  }

  private static Where where(String squash, String alpha) {
    String method = METHOD_OF_SQUASH.get(squash) + (alpha.equals("none") ? "-no-alpha" : "");
    return new Where(method, setting(squash, alpha));
  }

  private static Map<String, String> setting(String squash, String alpha) {
    return Map.of("squash", squash, "alpha", alpha);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory);
    for (String squash : SQUASHES) {
      for (String alpha : List.of("learned", "none")) {
        Where where = where(squash, alpha);
        study.add(where.method(), where.setting(), run -> run);
      }
    }
    config.get(RIVALS).forEach(study::add);
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new DytSquash(), args);
  }
}
