package org.normfree.experiments.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Trial;
import org.normfree.core.record.Verdict;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.sweep.TrialResult;

/** The verdicts on made-up runs of which the truth is known. */
class VerdictTest {
  private static final int SIMULATIONS = 2000;
  private static final double MOST_FALSE = 0.05;

  private static final Metric SCORE = Metric.number("score", "score", "");
  private static final Metric ACCURACY = Metric.percent("accuracy", "accuracy");
  private static final Metric LOSS = Metric.loss("loss", "loss", "nats");
  private static final Metric SLOPE = Metric.number("slope", "slope", "");
  private static final Metric R = Metric.correlation("r", "r");
  private static final Where A = Where.of("a");
  private static final Where B = Where.of("b");

  private static final Design DESIGN =
      Design.of("What?", SCORE, ACCURACY, LOSS, SLOPE, R).trainedFrom("trained", 50);

  private static TrialResult run(String method, long seed, Map<String, Double> values) {
    return new TrialResult(
        method + seed, new Trial("x", method, Map.of(), seed, Trial.FINAL), Outcome.done(values));
  }

  /** Runs of two methods over seeds; each seed moves both by as much. */
  private static Readings readings(
      SplittableRandom random, int n, Metric metric, Function<double[], double[]> values) {
    List<TrialResult> runs = new ArrayList<>();
    for (long seed = 1; seed <= n; seed++) {
      double[] noise = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
      double[] both = values.apply(noise);
      runs.add(run("a", seed, Map.of(metric.name(), both[0])));
      runs.add(run("b", seed, Map.of(metric.name(), both[1])));
    }
    return new Readings(DESIGN, runs);
  }

  /** The share of simulations in which the verdict is the one that the truth forbids. */
  private static double share(
      Verdict verdict, Claim claim, Function<SplittableRandom, Readings> runs) {
    SplittableRandom random = new SplittableRandom(claim.id().hashCode());
    int count = 0;
    for (int i = 0; i < SIMULATIONS; i++) {
      if (claim.judge(runs.apply(random.split())).verdict() == verdict) {
        count++;
      }
    }
    return (double) count / SIMULATIONS;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 10})
  void noDifferenceIsSeldomCalledOne(int n) {
    Claim better = Claim.better("better-" + n, "a over b", "", SCORE, A, B);
    Function<SplittableRandom, Readings> equal =
        random -> readings(random, n, SCORE, z -> new double[] {5 * z[0] + z[1], 5 * z[0] + z[2]});
    assertThat(share(Verdict.CONFIRMED, better, equal)).isLessThan(MOST_FALSE);
    Claim accuracy = Claim.better("accuracy-" + n, "a over b", "", ACCURACY, A, B);
    Function<SplittableRandom, Readings> near =
        random ->
            readings(
                random,
                n,
                ACCURACY,
                z -> new double[] {percent(3 + z[0] + 0.3 * z[1]), percent(3 + z[0] + 0.3 * z[2])});
    assertThat(share(Verdict.CONFIRMED, accuracy, near)).isLessThan(MOST_FALSE);
    Claim loss = Claim.better("loss-" + n, "a under b", "", LOSS, A, B);
    Function<SplittableRandom, Readings> losses =
        random ->
            readings(
                random, n, LOSS, z -> new double[] {Math.exp(z[0] + z[1]), Math.exp(z[0] + z[2])});
    assertThat(share(Verdict.CONFIRMED, loss, losses)).isLessThan(MOST_FALSE);
  }

  private static double percent(double logit) {
    return 100 / (1 + Math.exp(-logit));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 10})
  void aTrueDifferenceIsSeldomDeniedAndFoundWhenItIsLarge(int n) {
    Claim better = Claim.better("truly-" + n, "a over b", "", SCORE, A, B);
    Function<SplittableRandom, Readings> small =
        random -> readings(random, n, SCORE, z -> new double[] {0.01 + z[1], z[2]});
    assertThat(share(Verdict.CONTRADICTED, better, small)).isLessThan(MOST_FALSE);
    Function<SplittableRandom, Readings> large =
        random -> readings(random, n, SCORE, z -> new double[] {30 + z[1], z[2]});
    assertThat(share(Verdict.CONFIRMED, better, large)).isGreaterThan(0.95);
  }

  /** At the margin itself, where errors are most likely. */
  @ParameterizedTest
  @ValueSource(ints = {3, 5, 10})
  void marginsAreKept(int n) {
    Claim noWorse = Claim.noWorse("no-worse-" + n, "a not below b", "", SCORE, A, B, 1);
    Function<SplittableRandom, Readings> worse =
        random -> readings(random, n, SCORE, z -> new double[] {z[1] - 1, z[2]});
    assertThat(share(Verdict.CONFIRMED, noWorse, worse)).isLessThan(MOST_FALSE);
    Claim same = Claim.same("same-" + n, "a as b", "", SCORE, A, B, 1);
    Function<SplittableRandom, Readings> other =
        random -> readings(random, n, SCORE, z -> new double[] {1 + 0.2 * z[1], 0.2 * z[2]});
    assertThat(share(Verdict.CONFIRMED, same, other)).isLessThan(MOST_FALSE);
    Function<SplittableRandom, Readings> equal =
        random -> readings(random, n, SCORE, z -> new double[] {0.02 * z[1], 0.02 * z[2]});
    assertThat(share(Verdict.CONFIRMED, same, equal)).isGreaterThan(0.95);
    assertThat(share(Verdict.CONTRADICTED, same, equal)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 10})
  void slopesAndCorrelationsAreJudgedByTheirIntervals(int n) {
    Claim flat = Claim.within("flat-" + n, "flat", "", SLOPE, A, new Interval(-0.15, 0.15));
    Function<SplittableRandom, Readings> steep =
        random -> readings(random, n, SLOPE, z -> new double[] {0.15 + 0.1 * z[1], 0});
    assertThat(share(Verdict.CONFIRMED, flat, steep)).isLessThan(MOST_FALSE);
    Claim positive = Claim.within("r-" + n, "r above 0", "", R, A, Interval.from(0));
    Function<SplittableRandom, Readings> none =
        random -> readings(random, n, R, z -> new double[] {Math.tanh(0.5 * z[1]), 0});
    assertThat(share(Verdict.CONFIRMED, positive, none)).isLessThan(MOST_FALSE);
    assertThat(share(Verdict.CONTRADICTED, positive, none)).isLessThan(MOST_FALSE);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 10})
  void sharesAreJudgedByTheirIntervals(int n) {
    for (double p : new double[] {0.1, 0.3, 0.5, 0.7, 0.9}) {
      Function<SplittableRandom, Readings> alike = random -> trained(random, n, p, p);
      Claim more = Claim.trainsMore("more-%s-%s".formatted(n, p), "a more often", "", A, B);
      assertThat(share(Verdict.CONFIRMED, more, alike)).as("p = " + p).isLessThan(MOST_FALSE);
      Claim often =
          Claim.trains("often-%s-%s".formatted(n, p), "often", "", A, Interval.from(100 * p));
      assertThat(share(Verdict.CONFIRMED, often, alike)).as("p = " + p).isLessThan(MOST_FALSE);
    }
    Claim more = Claim.trainsMore("all-" + n, "a trains where b fails", "", A, B);
    assertThat(share(Verdict.CONFIRMED, more, random -> trained(random, n, 1, 0))).isEqualTo(1);
  }

  private static Readings trained(SplittableRandom random, int n, double pA, double pB) {
    List<TrialResult> runs = new ArrayList<>();
    for (long seed = 1; seed <= n; seed++) {
      runs.add(run("a", seed, Map.of("trained", random.nextDouble() < pA ? 90.0 : 10.0)));
      runs.add(run("b", seed, Map.of("trained", random.nextDouble() < pB ? 90.0 : 10.0)));
    }
    return new Readings(DESIGN, runs);
  }

  @Test
  void whatIsInconclusiveSaysHowManyRunsWouldDecide() {
    List<TrialResult> runs = new ArrayList<>();
    double[] differences = {1.5, -0.5, 2};
    for (int i = 0; i < differences.length; i++) {
      runs.add(run("a", i, Map.of("score", differences[i])));
      runs.add(run("b", i, Map.of("score", 0.0)));
    }
    ClaimResult result =
        Claim.better("needs", "a over b", "", SCORE, A, B).judge(new Readings(DESIGN, runs));
    assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    // mean 1, s = 1.3229: t(n−1)·s/√n falls below 1 at n = 10 (0.946), not at 9 (1.017)
    assertThat(result.needed().n()).isEqualTo(10);
    assertThat(result.needed().detectable())
        .isCloseTo(3.286, org.assertj.core.data.Offset.offset(1e-3));
  }

  @Test
  void withoutRunsNothingIsClaimed() {
    ClaimResult result =
        Claim.better("none", "a over b", "", SCORE, A, B).judge(new Readings(DESIGN, List.of()));
    assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result.estimate()).isNull();
    assertThat(result.n()).isZero();
  }

  /** A run that diverged counts with what chance gives, and in the pair of its seed. */
  @Test
  void aDivergedRunCountsAtChance() {
    List<TrialResult> runs = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      runs.add(run("b", seed, Map.of("accuracy", 90.0 + seed)));
    }
    runs.add(run("a", 1, Map.of("accuracy", 91.0)));
    runs.add(run("a", 2, Map.of("accuracy", 92.0)));
    runs.add(
        new TrialResult(
            "a3",
            new Trial("x", "a", Map.of(), 3, Trial.FINAL),
            Outcome.diverged(7, Map.of(Outcome.CHANCE + "accuracy", 10.0))));
    Readings readings = new Readings(DESIGN, runs);
    assertThat(readings.bySeed(ACCURACY, A).get(3L)).isEqualTo(10.0);
    assertThat(readings.difference(ACCURACY, A, B).orElseThrow().value()).isNegative();
  }

  /** A baseline that has learned nothing cannot be undercut by more than a margin. */
  @Test
  void aClaimThatCouldNotHaveFailedIsInconclusive() {
    Claim claim = Claim.noWorse("floor", "a is about as good as b", "", ACCURACY, A, B, 2);
    List<TrialResult> runs = new ArrayList<>();
    for (long seed = 1; seed <= 5; seed++) {
      runs.add(run("a", seed, Map.of("accuracy", 0.0)));
      runs.add(run("b", seed, Map.of("accuracy", 0.1 * seed)));
    }
    ClaimResult result = claim.judge(new Readings(DESIGN, runs));
    assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result.needed().why()).contains("within the margin");
    // with a baseline of 50 % it could have, and is decided
    List<TrialResult> learned = new ArrayList<>();
    for (long seed = 1; seed <= 5; seed++) {
      learned.add(run("a", seed, Map.of("accuracy", 50 + 0.1 * seed)));
      learned.add(run("b", seed, Map.of("accuracy", 50.0)));
    }
    assertThat(claim.judge(new Readings(DESIGN, learned)).verdict()).isEqualTo(Verdict.CONFIRMED);
  }
}
