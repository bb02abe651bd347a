package org.normfree.experiments.problem;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.data.dna.Genome;
import org.normfree.core.data.dna.LabelledDna;
import org.normfree.core.data.dna.LabelledFiles;
import org.normfree.core.data.dna.Lambda;
import org.normfree.core.data.dna.PlantedMotifs;
import org.normfree.core.data.dna.Recall;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DnaKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Schema;

/** The genomes and labelled sequences that a configuration names. */
final class DnaSets {
  private static final int PLANTED_TEST = 500;

  private DnaSets() {}

  static Genome.Splits genome(Config config) {
    return Shared.of(Genome.Splits.class, config, DnaKeys.genome(), () -> whole(config).split());
  }

  private static Genome whole(Config config) {
    return switch (config.get(DnaKeys.GENOME)) {
      case "lambda" -> Lambda.load();
      case "recall" -> Recall.make(config.get(DnaKeys.RECALL_BASES));
      default -> Genome.fasta(given(config, DnaKeys.GENOME_PATH, "data=fasta", "a FASTA file"));
    };
  }

  /** None of their sequences is longer than the model. */
  static LabelledDna.Splits labelled(Config config) {
    List<Key<?>> keys = Schema.of(DnaKeys.labels(), List.of(DnaKeys.MAX_LENGTH)).keys();
    return Shared.of(LabelledDna.Splits.class, config, keys, () -> read(config));
  }

  private static LabelledDna.Splits read(Config config) {
    int most = config.get(DnaKeys.MAX_LENGTH);
    String kind = config.get(DnaKeys.LABELS);
    if (kind.equals("planted")) {
      LabelledDna.Splits made = PlantedMotifs.make(config.get(DnaKeys.PLANTED), PLANTED_TEST);
      made.test().checked(most, "labels=planted");
      return made;
    }
    Path path = given(config, DnaKeys.LABELS_PATH, "labels=" + kind, "what is to be read");
    return switch (kind) {
      case "promoters" -> {
        Path negatives =
            given(config, DnaKeys.LABELS_NEGATIVES, "labels=promoters", "a FASTA file");
        yield LabelledFiles.twoFasta(path, negatives)
            .checked(most, path + " and " + negatives)
            .split();
      }
      case "tsv" -> LabelledFiles.table(path).checked(most, path).split();
      default -> {
        LabelledDna.Splits parts = LabelledFiles.folders(path);
        parts.train().checked(most, path);
        parts.validation().checked(most, path);
        parts.test().checked(most, path);
        yield parts;
      }
    };
  }

  private static Path given(Config config, Key<Optional<Path>> key, String choice, String what) {
    return config
        .get(key)
        .orElseThrow(
            () -> new InputException("%s needs %s, %s".formatted(choice, key.name(), what)));
  }
}
