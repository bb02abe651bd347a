package org.normfree.experiments.run;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Json;
import org.normfree.core.record.RunFiles;

/**
 * The file {@code items.json} of a run: what it got right of each item of the test split, so that
 * two runs can be compared on the same items.
 *
 * @param values metric to a number an item, whose mean is the metric; in the split's order
 */
public record TestItems(Map<String, double[]> values) {
  /**
   * @param run a run's directory
   * @return its items, if it recorded them
   */
  public static Optional<TestItems> read(Path run) {
    Path file = run.resolve(RunFiles.ITEMS);
    return Files.exists(file)
        ? Optional.of(new TestItems(Json.read(file, new TypeReference<Map<String, double[]>>() {})))
        : Optional.empty();
  }
}
