package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/**
 * One network of the step bench.
 *
 * @param name in tables
 * @param workload what is trained
 */
record StepCase(String name, Workload.Training workload) {
  private static final String DECODER = "lm-256";
  private static final String TINY_DECODER = "lm-tiny";
  private static final String RMS_NORM = "rms-norm";

  /** Names of all networks. */
  static List<String> names() {
    return Stream.concat(
            Arrays.stream(Shape.values()).map(Shape::title), Stream.of(DECODER, TINY_DECODER))
        .toList();
  }

  /**
   * @param names networks
   * @param methods of the Vision Transformers; a language model has RMSNorm, as LLaMA has
   * @return the cases, in that order
   * @throws InputException if there is no such network; it suggests the nearest
   */
  static List<StepCase> of(List<String> names, List<String> methods) {
    List<StepCase> cases = new ArrayList<>();
    for (String name : names) {
      switch (name) {
        case DECODER ->
            cases.add(decoder(name, new Workload.Lm(RMS_NORM, 16, 128, 512, 256, 6, 4, 704)));
        case TINY_DECODER ->
            cases.add(decoder(name, new Workload.Lm(RMS_NORM, 2, 8, 24, 16, 2, 2, 32)));
        default -> {
          if (!names().contains(name)) {
            throw new InputException(
                "unknown shape '%s', %s".formatted(name, Suggestion.forName(name, names())));
          }
          Shape shape = Shape.named(name);
          methods.forEach(m -> cases.add(new StepCase(name + " " + m, shape.with(m))));
        }
      }
    }
    return cases;
  }

  private static StepCase decoder(String name, Workload.Lm lm) {
    return new StepCase(name + " " + lm.method(), lm);
  }

  /** The variants that have this network: plain SameDiff has no language model. */
  List<Variant> fit(List<Variant> variants) {
    return variants.stream()
        .filter(v -> v != Variant.SAMEDIFF || workload instanceof Workload.Vit)
        .toList();
  }
}
