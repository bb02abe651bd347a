package org.normfree.core.data.dna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;

class LabelledDnaTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static double accuracy(LabelledDna data, int[] guesses) {
    return Confusion.of(data.labels(), guesses, data.classes()).accuracy();
  }

  @Test
  void theRuleOfThePlantedSetIsKnown() {
    LabelledDna.Splits data = PlantedMotifs.make(600, 400);
    LabelledDna test = data.test();
    assertThat(test.count()).isEqualTo(400);
    assertThat(data.train().count() + data.validation().count()).isEqualTo(600);
    assertThat(Arrays.stream(test.labels()).sum()).isEqualTo(200);
    int[] answers = test.sequences().stream().mapToInt(PlantedMotifs::answer).toArray();
    assertThat(accuracy(test, answers)).isGreaterThan(90);
    int[] others =
        test.sequences().stream()
            .map(Nucleotides::reverseComplement)
            .mapToInt(PlantedMotifs::answer)
            .toArray();
    assertThat(others).isEqualTo(answers);
    assertThat(PlantedMotifs.make(600, 400).test().sequences().get(7))
        .isEqualTo(test.sequences().get(7));
  }

  @Test
  void partsAreApartAndHaveEveryClass() {
    LabelledDna whole = PlantedMotifs.make(203, 101).train();
    LabelledDna.Splits parts = whole.split();
    Set<String> seen = new HashSet<>();
    int count = 0;
    for (LabelledDna part : List.of(parts.train(), parts.validation(), parts.test())) {
      part.sequences().forEach(s -> seen.add(Arrays.toString(s)));
      count += part.count();
      assertThat(part.labels()).contains(0, 1);
    }
    assertThat(count).isEqualTo(whole.count());
    assertThat(seen).hasSize(whole.count());
    assertThat((double) parts.test().count() / count).isCloseTo(0.2, within(0.02));
  }

  @Test
  void aBatchIsPaddedInFront() throws IOException {
    Path table = file("t.tsv", "sequence\tclass\nACG\tb\r\nTTTTT\ta\nac\tb\n");
    LabelledDna data = LabelledFiles.table(table);
    assertThat(data.classNames()).containsExactly("a", "b");
    assertThat(data.labels()).containsExactly(1, 0, 1);
    Batch batch = new LabelledEvaluation(data, 8, 6).iterator().next();
    assertThat(batch.integers(Network.INPUT))
        .containsExactly(4, 4, 4, 7, 8, 9, 4, 10, 10, 10, 10, 10, 4, 4, 4, 4, 7, 8);
    assertThat(batch.integers(Network.TARGETS)).containsExactly(1, 0, 1);
    assertThat(batch.reals(Network.LABELS)).containsExactly(0, 1, 1, 0, 0, 1);
  }

  @Test
  void trainingTakesEachSequenceOnceAnEpoch() {
    LabelledDna data = PlantedMotifs.make(60, 20).train();
    LabelledBatches batches = new LabelledBatches(data, 9, 81, false, 3);
    Set<String> seen = new HashSet<>();
    for (int step = 0; step < batches.stepsPerEpoch(); step++) {
      int[] input = batches.batch(step).integers(Network.INPUT);
      for (int row = 0; row < 9; row++) {
        seen.add(Arrays.toString(Arrays.copyOfRange(input, row * 81, (row + 1) * 81)));
      }
    }
    assertThat(seen).hasSize(batches.stepsPerEpoch() * 9);
    assertThat(batches.batch(3).integers(Network.INPUT))
        .isEqualTo(new LabelledBatches(data, 9, 81, false, 3).batch(3).integers(Network.INPUT));
  }

  @Test
  void foldersAreReadAsGenomicBenchmarksHasThem() throws IOException {
    for (int i = 0; i < 6; i++) {
      file("g/train/positive/%s.txt".formatted(i), "ACGT\nTT\n");
      file("g/train/negative/%s.txt".formatted(i), "GGGG");
    }
    file("g/test/positive/0.txt", ">x\nACGTN\n");
    file("g/test/negative/0.txt", "CC");
    LabelledDna.Splits parts = LabelledFiles.folders(folder.resolve("g"));
    assertThat(parts.train().classNames()).containsExactly("negative", "positive");
    assertThat(parts.train().count()).isEqualTo(10);
    assertThat(parts.validation().count()).isEqualTo(2);
    assertThat(parts.test().labels()).containsExactly(0, 1);
    assertThat(parts.test().longest()).isEqualTo(5);
    LabelledDna.Splits own = LabelledFiles.folders(folder.resolve("g/train"));
    assertThat(own.train().count() + own.validation().count() + own.test().count()).isEqualTo(12);
    Files.delete(folder.resolve("g/test/negative/0.txt"));
    Files.delete(folder.resolve("g/test/negative"));
    refused("expected at least 2", () -> LabelledFiles.folders(folder.resolve("g")));
  }

  private interface Reading {
    void run();
  }

  private static void refused(String why, Reading reading) {
    assertThatThrownBy(reading::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void whatIsWrongIsRefusedInOneLine() throws IOException {
    Path bad = file("bad.tsv", "ACG\ta\nAXG\tb\n");
    refused("bad.tsv, line 2: 'X' is no nucleotide", () -> LabelledFiles.table(bad));
    Path narrow = file("short.tsv", "ACG\n");
    refused("short.tsv, line 1: 1 fields", () -> LabelledFiles.table(narrow));
    Path one = file("one.tsv", "ACG\ta\nACG\ta\n");
    refused("one.tsv has 1 classes", () -> LabelledFiles.table(one));
    Path positives = file("p.fa", ">a\nACG\n>b\n>c\nAC\n");
    Path negatives = file("n.fa", ">a\nACG\n>c\nAC\n");
    refused(
        "p.fa, line 3: sequence b has no base", () -> LabelledFiles.twoFasta(positives, negatives));
    LabelledDna both = LabelledFiles.twoFasta(negatives, negatives);
    assertThat(both.labels()).containsExactly(0, 0, 1, 1);
    refused(
        "n.fa has a sequence of 3 bases, but the model takes at most 2",
        () -> both.checked(2, negatives));
    file("empty/a/1.txt", "\n");
    file("empty/b/1.txt", "ACG");
    refused("there is no base", () -> LabelledFiles.folders(folder.resolve("empty")));
  }

  @Test
  void linearModelsSeeWhatIsLinear() {
    LabelledDna.Splits planted = PlantedMotifs.make(1000, 400);
    double counted =
        accuracy(planted.test(), LinearBaseline.byCounts(planted.train(), planted.test(), 4));
    assertThat(counted).isBetween(58.0, 90.0);
    // at an unknown place nothing stands anywhere for certain
    double placed =
        accuracy(planted.test(), LinearBaseline.byPlace(planted.train(), planted.test()));
    assertThat(placed).isBetween(40.0, 65.0);
    LabelledDna aligned = aligned(200);
    assertThat(accuracy(aligned, LinearBaseline.byPlace(aligned, aligned))).isEqualTo(100);
  }

  /** A base in the middle tells the class. */
  private static LabelledDna aligned(int count) {
    LabelledDna random = PlantedMotifs.make(2 * count, 20).train();
    int[] labels =
        IntStream.range(0, count).map(i -> random.sequences().get(i)[40] > 8 ? 1 : 0).toArray();
    return new LabelledDna(random.sequences().subList(0, count), labels, random.classNames());
  }

  @Test
  void matthewsIsTheCorrelationOfTruthAndGuesses() {
    int[] truth = {0, 0, 0, 1, 1, 1, 1, 1};
    int[] guesses = {0, 0, 1, 1, 1, 1, 0, 1};
    double expected = (4 * 2 - 1.0 * 1) / Math.sqrt(5.0 * 5 * 3 * 3);
    assertThat(Confusion.of(truth, guesses, 2).matthews()).isCloseTo(expected, within(1e-12));
    assertThat(Confusion.of(truth, truth, 3).matthews()).isEqualTo(1);
    assertThat(Confusion.of(truth, new int[8], 2).matthews()).isZero();
    assertThat(Confusion.of(truth, guesses, 2).accuracy()).isEqualTo(75);
  }
}
