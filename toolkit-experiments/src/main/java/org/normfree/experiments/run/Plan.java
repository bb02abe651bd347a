package org.normfree.experiments.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.normfree.core.record.PlainJson;

/**
 * The file {@code plan.json}: which runs an experiment consists of, as far as it knows, so that
 * whoever looks at its directory sees how many are still to come.
 *
 * @param runs the names of their directories
 */
record Plan(List<String> runs) {
  /** Copies the names. */
  Plan {
    runs = runs == null ? List.of() : List.copyOf(runs);
  }

  /** What a file holds; no runs if there is none, or it was damaged. */
  static Plan read(Path file) {
    if (!Files.exists(file)) {
      return new Plan(List.of());
    }
    try {
      Object runs =
          PlainJson.object(Files.readAllBytes(file)).map(plan -> plan.get("runs")).orElse(null);
      return new Plan(
          runs instanceof List<?> names ? names.stream().map(String::valueOf).toList() : null);
    } catch (IOException e) {
      return new Plan(List.of()); // it only foretells
    }
  }

  /** This plan with more runs behind its own, each once. */
  Plan with(Collection<String> more) {
    Set<String> all = new LinkedHashSet<>(runs);
    all.addAll(more);
    return new Plan(List.copyOf(all));
  }
}
