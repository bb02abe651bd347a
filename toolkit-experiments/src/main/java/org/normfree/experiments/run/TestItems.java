package org.normfree.experiments.run;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.normfree.core.data.text.Bleu;
import org.normfree.core.record.Json;
import org.normfree.core.record.RunFiles;

/**
 * What a run made of each item of the test split, in the split's order, so that two runs can be
 * compared on the same items.
 *
 * @param values metric to a number an item, whose mean is the metric: the file {@code items.json}
 * @param sentences reads of what a run translated ({@value #TRANSLATIONS}) each sentence's part in
 *     BLEU, which is no mean; none if it translated nothing
 */
public record TestItems(Map<String, double[]> values, Supplier<List<Bleu.Statistics>> sentences) {
  /** The metric that is made of {@link #sentences}. */
  public static final String BLEU = "test_bleu";

  /** A heading, then source, reference and translation, separated by tabs. */
  public static final String TRANSLATIONS = "translations.tsv";

  /**
   * @param run a run's directory
   * @return its items, if it recorded them
   */
  public static Optional<TestItems> read(Path run) {
    Path file = run.resolve(RunFiles.ITEMS);
    return Files.exists(file)
        ? Optional.of(
            new TestItems(
                Json.read(file, new TypeReference<Map<String, double[]>>() {}),
                () -> sentences(run)))
        : Optional.empty();
  }

  private static List<Bleu.Statistics> sentences(Path run) {
    Path file = run.resolve(TRANSLATIONS);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file).stream()
          .skip(1)
          .map(line -> line.split("\t", -1))
          .map(cells -> Bleu.statistics(cells[2], cells[1]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
