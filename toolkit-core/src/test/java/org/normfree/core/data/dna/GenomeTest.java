package org.normfree.core.data.dna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;

class GenomeTest {
  private static final double NATS = Math.log(2);

  /** Sequences of many lengths, with unknown bases in them. */
  private static Genome genome(int... lengths) {
    SplittableRandom random = new SplittableRandom(4);
    return new Genome(
        Arrays.stream(lengths)
            .mapToObj(
                length -> {
                  byte[] sequence = new byte[length];
                  for (int i = 0; i < length; i++) {
                    sequence[i] = (byte) (random.nextInt(9) == 0 ? 11 : 7 + random.nextInt(4));
                  }
                  return sequence;
                })
            .toList());
  }

  @Test
  void theEmbeddedGenomeIsLambda() {
    byte[] lambda = Lambda.load().sequences().get(0);
    assertThat(lambda).hasSize(48_502);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      text.append(Nucleotides.letter(lambda[i]));
    }
    // the sticky end that makes the phage a ring
    assertThat(text.toString()).isEqualTo("GGGCGGCGACCT");
    long[] counts = new long[4];
    for (byte token : lambda) {
      counts[token - Nucleotides.A]++;
    }
    assertThat(counts).containsExactly(12_334, 11_362, 12_820, 11_986);
  }

  @Test
  void partsFollowEachOtherAndLoseNothing() {
    Genome genome = genome(7, 0, 400, 31, 562);
    Genome.Splits parts = genome.split();
    assertThat(parts.train().length()).isEqualTo(850);
    assertThat(parts.validation().length()).isEqualTo(50);
    assertThat(parts.test().length()).isEqualTo(100);
    StringBuilder all = new StringBuilder();
    StringBuilder divided = new StringBuilder();
    genome.sequences().forEach(s -> all.append(Arrays.toString(s)));
    for (Genome part : List.of(parts.train(), parts.validation(), parts.test())) {
      part.sequences().forEach(s -> divided.append(Arrays.toString(s)));
    }
    assertThat(divided.toString().replaceAll("\\]\\[", ", "))
        .isEqualTo(all.toString().replaceAll("\\]\\[", ", "));
  }

  @ParameterizedTest
  @EnumSource(GenomeTask.class)
  void aStepsBatchIsAFunctionOfSeedAndStep(GenomeTask task) {
    Genome genome = genome(30, 9, 101);
    GenomeBatches one = new GenomeBatches(genome, task, 5, 13, true, 3);
    GenomeBatches two = new GenomeBatches(genome, task, 5, 13, true, 3);
    two.batch(17);
    for (long step : List.of(0L, 1L, 40L)) {
      for (String name : List.of(Network.INPUT, Network.TARGETS)) {
        assertThat(one.batch(step).integers(name)).isEqualTo(two.batch(step).integers(name));
      }
    }
    assertThat(one.batch(0).integers(Network.INPUT))
        .isNotEqualTo(one.batch(1).integers(Network.INPUT));
  }

  /** The next token is the target, and an unknown base is none. */
  @Test
  void theNextBaseIsTheTarget() {
    GenomeBatches batches = new GenomeBatches(genome(60), GenomeTask.NEXT, 4, 10, false, 1);
    for (int step = 0; step < 20; step++) {
      Batch batch = batches.batch(step);
      int[] input = batch.integers(Network.INPUT);
      int[] targets = batch.integers(Network.TARGETS);
      for (int i = 0; i < input.length; i++) {
        assertThat(input[i]).isIn(4, 7, 8, 9, 10);
        if (i % 10 < 9) {
          int next = input[i + 1];
          assertThat(targets[i]).isEqualTo(next == Nucleotides.PAD ? Batch.IGNORED : next);
        }
      }
      assertThat(batch.weight()).isEqualTo(Batch.counted(targets));
    }
  }

  @Test
  void halfOfTheWindowsAreOfTheOtherStrandWhereThatIsWanted() {
    byte[] ordered = new byte[400];
    Arrays.fill(ordered, 0, 400, (byte) 7);
    Genome genome = new Genome(List.of(ordered));
    GenomeBatches either = new GenomeBatches(genome, GenomeTask.NEXT, 50, 5, true, 1);
    GenomeBatches one = new GenomeBatches(genome, GenomeTask.NEXT, 50, 5, false, 1);
    int other = 0;
    for (int step = 0; step < 20; step++) {
      int[] input = either.batch(step).integers(Network.INPUT);
      for (int row = 0; row < 50; row++) {
        other += input[5 * row] == Nucleotides.T ? 1 : 0;
      }
      assertThat(one.batch(step).integers(Network.INPUT)).containsOnly(7);
    }
    assertThat(other).isBetween(430, 570);
  }

  @Test
  void masksAreAsPublished() {
    SplittableRandom random = new SplittableRandom(2);
    byte[] known = new byte[100_000];
    for (int i = 0; i < known.length; i++) {
      known[i] = (byte) (7 + random.nextInt(4));
    }
    Genome genome = new Genome(List.of(known));
    Batch batch = new GenomeBatches(genome, GenomeTask.MASKED, 1, 100_000, false, 5).batch(0);
    int[] input = batch.integers(Network.INPUT);
    int[] targets = batch.integers(Network.TARGETS);
    int masked = 0;
    int other = 0;
    int special = 0;
    int counted = Batch.counted(targets);
    for (int i = 0; i < input.length; i++) {
      if (targets[i] == Batch.IGNORED) {
        assertThat(input[i]).isEqualTo(known[i]);
        continue;
      }
      assertThat(targets[i]).isEqualTo(known[i]);
      masked += input[i] == Nucleotides.MASK ? 1 : 0;
      other += input[i] != Nucleotides.MASK && input[i] != targets[i] ? 1 : 0;
      special += input[i] < 7 && input[i] != Nucleotides.MASK ? 1 : 0;
    }
    assertThat(counted / 100_000.0).isCloseTo(0.15, within(0.005));
    // a random token is the mask itself once in 12
    assertThat((double) masked / counted).isCloseTo(0.8 + 0.1 / 12, within(0.01));
    assertThat((double) other / counted).isCloseTo(0.1 * 10 / 12, within(0.01));
    assertThat((double) special / counted).isCloseTo(0.1 * 6 / 12, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({"NEXT, 3, 7", "NEXT, 1, 200", "MASKED, 4, 5", "MASKED, 2, 64"})
  void anEvaluationSeesEveryBaseOnce(GenomeTask task, int rows, int length) {
    Genome genome = genome(40, 1, 65, 8);
    GenomeEvaluation evaluation = new GenomeEvaluation(genome, task, rows, length);
    long seen = 0;
    long targets = 0;
    int batches = 0;
    for (Batch batch : evaluation) {
      assertThat(batch.feeds().get(Network.INPUT).shape()).containsExactly(rows, length);
      seen += Arrays.stream(batch.integers(Network.INPUT)).filter(t -> t != 4).count();
      targets += Batch.counted(batch.integers(Network.TARGETS));
      batches++;
    }
    assertThat(batches).isEqualTo(evaluation.count());
    long known =
        genome.sequences().stream()
            .mapToLong(s -> IntStream.range(0, s.length).filter(i -> s[i] != 11).count())
            .sum();
    if (task == GenomeTask.NEXT) {
      long first = genome.sequences().stream().filter(s -> s[0] != Nucleotides.N).count();
      assertThat(targets).isEqualTo(known - first);
    } else {
      assertThat(targets).isBetween(1L, known / 2);
      assertThat(seen).isBetween(known - 25, genome.length());
    }
  }

  @Test
  void windowsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> new GenomeBatches(genome(9, 8), GenomeTask.NEXT, 2, 9, true, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has 9 bases, fewer than the 10 of a window");
    assertThatThrownBy(() -> new GenomeEvaluation(genome(1), GenomeTask.NEXT, 2, 9))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no base to guess");
    assertThatThrownBy(() -> Recall.make(100)).isInstanceOf(InputException.class);
  }

  /** What plain counting gives on lambda, fitted on the first 90 % and tested on the last 10 %. */
  @ParameterizedTest
  @CsvSource({"0, 2.001", "1, 1.988", "2, 1.988", "3, 1.978", "4, 1.979", "5, 1.994", "6, 2.097"})
  void countingHardlyHelpsOnLambda(int order, double bits) {
    byte[] lambda = Lambda.load().sequences().get(0);
    int cut = (int) (0.9 * lambda.length);
    Genome train = new Genome(List.of(Arrays.copyOfRange(lambda, 0, cut)));
    Genome test = new Genome(List.of(Arrays.copyOfRange(lambda, cut, lambda.length)));
    MarkovModel model = new MarkovModel(train, order);
    // the published row does not say how it was smoothed, which the longest contexts feel
    double tolerance = order < 5 ? 1e-3 : 0.06;
    assertThat(model.nextLoss(test) / NATS).isCloseTo(bits, within(tolerance));
    if (order < 5) {
      assertThat(model.maskedLoss(test)).isLessThan(model.nextLoss(test) + 0.01);
    }
  }

  /** By the definition: the ratio of the products of all windows that see the base. */
  @Test
  void aMaskedBaseIsJudgedFromBothSides() {
    Genome genome = new Genome(List.of(new byte[] {7, 8, 7, 8, 7, 8, 9, 10, 7}));
    MarkovModel model = new MarkovModel(genome, 1);
    double independent = new MarkovModel(genome, 0).maskedLoss(genome);
    assertThat(new MarkovModel(genome, 0).nextLoss(genome)).isCloseTo(independent, within(1e-12));
    assertThat(model.maskedLoss(genome)).isLessThan(independent);
    Genome unknown = new Genome(List.of(new byte[] {7, 11, 8}));
    assertThat(Double.isNaN(model.maskedLoss(unknown))).isTrue();
  }

  @Test
  void aRepetitionIsThere() {
    byte[] sequence = Recall.make(10_000).sequences().get(0);
    int same = 0;
    for (int i = 200; i < sequence.length; i++) {
      same += sequence[i] == sequence[i - 200] ? 1 : 0;
    }
    // every second stretch, and one base in four of the others
    assertThat(same / 9_800.0).isCloseTo(0.5 + 0.125, within(0.02));
    assertThat(new MarkovModel(Recall.make(10_000), 3).nextLoss(Recall.make(10_000)) / NATS)
        .isGreaterThan(1.95);
  }
}
