package org.normfree.experiments.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The keys of experiments with DNA, beside those in {@link Keys}. */
public final class DnaKeys {
  private static final Range ONE_UP = Range.any().atLeast(1);
  private static final Range NOT_NEGATIVE = Range.any().atLeast(0);

  /** The architecture. */
  public static final Key<String> MODEL =
      Key.choice(
          "model",
          "hyena",
          () -> List.of("hyena", "mamba", "caduceus-ps", "caduceus-ph"),
          "hyena, mamba: causal; caduceus: both ways, strands with shared parameters or one at a time");

  /** Width. */
  public static final Key<Integer> WIDTH =
      Key.integer(
          "width", 0, NOT_NEGATIVE, "channels of the stream; 0 = 64, of caduceus 32 a strand");

  /** Longest text. */
  public static final Key<Integer> MAX_LENGTH =
      Key.integer(
          "max.length", 256, Range.any().atLeast(2), "bases of the longest text the model takes");

  /** Order of Hyena's operator. */
  public static final Key<Integer> HYENA_ORDER =
      Key.integer("hyena.order", 2, Range.any().atLeast(2), "hyena: gates of an operator");

  /** Width of the filters' network. */
  public static final Key<Integer> HYENA_FILTER =
      Key.integer("hyena.filter", 64, ONE_UP, "hyena: channels of the network of the filters");

  /** Lower end of the window. */
  public static final Key<Double> HYENA_SHIFT =
      Key.decimal(
          "hyena.shift",
          0,
          Range.any(),
          "hyena: lower end of the filters' window; 0.05 in the code that loads published weights");

  /** The scan's state. */
  public static final Key<Integer> MAMBA_STATE =
      Key.integer(
          "mamba.state",
          8,
          ONE_UP,
          "mamba, caduceus: numbers a channel remembers; 16 as published");

  /** Whether Caduceus keeps its norms. */
  public static final Key<Boolean> PUBLISHED_PATCH =
      Key.flag(
          "published.patch",
          false,
          "caduceus: replace no norm, as DyT's published patch does: whatever the method, RMSNorm");

  /** Whether Caduceus swaps strands. */
  public static final Key<Boolean> FUSED_FAULT =
      Key.flag(
          "fused.fault",
          false,
          "caduceus-ps: swap the strands in every layer, as the official fused path does");

  /** Whether gains decay. */
  public static final Key<Boolean> DECAY_GAINS =
      Key.flag(
          "decay.gains",
          false,
          "decay gains and alpha of RMSNorm, DyT and their kind, as the published code does");

  /** Reverse complements. */
  public static final Key<Boolean> REVERSE_COMPLEMENT =
      Key.flag(
          "reverse.complement",
          true,
          "train on either strand, each as likely; caduceus-ps sees both anyway");

  /** The genome. */
  public static final Key<String> GENOME =
      Key.choice(
          "data",
          "lambda",
          () -> List.of("lambda", "recall", "fasta"),
          "the genome: phage lambda (built in), made-up DNA with repetitions, a FASTA file");

  /** Where the genome lies. */
  public static final Key<Optional<Path>> GENOME_PATH =
      Key.optionalPath("data.path", "FASTA file of data=fasta; empty for what is built in");

  /** Bases of made-up DNA. */
  public static final Key<Integer> RECALL_BASES =
      Key.integer("recall.bases", 100_000, Range.any().atLeast(4_000), "bases of data=recall");

  /** Tokens of a window. */
  public static final Key<Integer> LENGTH =
      Key.integer("length", 128, Range.any().atLeast(2), "bases of a window of the genome");

  /** Sequences a step. */
  public static final Key<Integer> BATCH =
      Key.integer("batch", 64, ONE_UP, "windows, or labelled sequences, a step");

  /** The labelled sequences. */
  public static final Key<String> LABELS =
      Key.choice(
          "labels",
          "planted",
          () -> List.of("planted", "promoters", "folder", "tsv"),
          "what is classified: planted motifs (built in), two FASTA files, a folder a class, a table");

  /** Where they lie. */
  public static final Key<Optional<Path>> LABELS_PATH =
      Key.optionalPath("labels.path", "the folder, the table, or the FASTA file of what is sought");

  /** Where the others lie. */
  public static final Key<Optional<Path>> LABELS_NEGATIVES =
      Key.optionalPath(
          "labels.negatives", "labels=promoters: the FASTA file of what is not sought");

  /** Planted sequences. */
  public static final Key<Integer> PLANTED =
      Key.integer(
          "planted",
          4000,
          Range.any().atLeast(20),
          "labels=planted: sequences to learn from and choose by");

  private DnaKeys() {}

  /** Those that decide on the genome. */
  public static List<Key<?>> genome() {
    return List.of(GENOME, GENOME_PATH, RECALL_BASES);
  }

  /** Those that decide on the labelled sequences. */
  public static List<Key<?>> labels() {
    return List.of(LABELS, LABELS_PATH, LABELS_NEGATIVES, PLANTED);
  }

  /** Those that shape the model. */
  public static List<Key<?>> model() {
    return List.of(
        MODEL,
        WIDTH,
        Keys.DEPTH.withDefault(2),
        MAX_LENGTH,
        HYENA_ORDER,
        HYENA_FILTER,
        HYENA_SHIFT,
        MAMBA_STATE,
        TextKeys.DROPOUT,
        PUBLISHED_PATCH,
        FUSED_FAULT,
        REVERSE_COMPLEMENT);
  }

  /** Those that say how a model is trained. */
  public static List<Key<?>> training() {
    return Stream.concat(
            Stream.of(BATCH),
            Keys.training().stream()
                .filter(key -> !Keys.imagesOnly().contains(key) && key != Keys.LABEL_SMOOTHING))
        .toList();
  }
}
