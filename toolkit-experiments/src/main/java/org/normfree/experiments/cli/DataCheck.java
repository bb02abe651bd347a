package org.normfree.experiments.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.data.DataSets;
import org.normfree.core.data.ImageSplits;
import org.normfree.core.data.Images;
import org.normfree.core.data.Sources;
import org.normfree.core.data.dna.Genome;
import org.normfree.core.data.speech.SpeechCorpus;
import org.normfree.core.data.speech.SpeechSets;
import org.normfree.core.data.text.PlainText;
import org.normfree.core.data.text.TabSeparated;

/**
 * What a folder or file of data is: read as everything that the files' names suggest, as an
 * experiment would. What loaders leave out they say themselves.
 *
 * @param lines what it is, and how much
 */
record DataCheck(List<String> lines) {
  private static final int DEPTH = 4;
  private static final int RATE = 8000;

  /**
   * A kind of data.
   *
   * @param names what the names of its files match, in small letters
   * @param single whether each such file is data of its own
   * @param read reads folder or file and says how much there is, behind the setting that does
   */
  private record Kind(Pattern names, boolean single, Function<Path, String> read) {
    static Kind folder(String names, Function<Path, String> read) {
      return new Kind(Pattern.compile(names), false, read);
    }

    static Kind file(String names, Function<Path, String> read) {
      return new Kind(Pattern.compile(names), true, read);
    }

    boolean matches(Path file) {
      return names.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT)).matches();
    }

    /** What of a place it reads: each of the files that match, or the whole if there are any. */
    List<Path> of(Path place, List<Path> files) {
      List<Path> own = files.stream().filter(this::matches).toList();
      return single || own.isEmpty() ? own : List.of(place);
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          Kind.folder("(data_batch|train|test).*\\.bin", folder -> images("cifar10", folder)),
          Kind.folder(".*-idx3-ubyte(\\.gz)?|.*\\.idx3-ubyte", folder -> images("mnist", folder)),
          Kind.folder(".*\\.(png|jpe?g)", folder -> images("folder", folder)),
          Kind.folder(".*\\.wav", DataCheck::speech),
          Kind.file(".*\\.(fa|fasta|fna)(\\.gz)?", DataCheck::genome),
          Kind.file(
              ".*\\.tsv(\\.gz)?",
              file ->
                  "data=tsv: %s pairs to train on, one of them perhaps a header (data.header=true)"
                      .formatted(TabSeparated.load(file, false).train().size())),
          Kind.file(
              ".*\\.txt",
              file -> "data=plain: %s characters".formatted(PlainText.load(file).characters())));

  /**
   * @param place a folder of data, or a file that is data of its own
   * @throws InputException if it is none, or nothing in it can be read
   */
  static DataCheck of(Path place) {
    boolean file =
        Files.isRegularFile(place)
            && KINDS.stream().anyMatch(kind -> kind.single && kind.matches(place));
    List<Path> files = file ? List.of(place) : files(place);
    List<String> lines = new ArrayList<>();
    List<InputException> refused = new ArrayList<>();
    for (Kind kind : KINDS) {
      for (Path data : kind.of(place, files)) {
        try {
          lines.add("%s is %s".formatted(data, kind.read.apply(data)));
        } catch (InputException e) {
          refused.add(e);
        }
      }
    }
    if (!lines.isEmpty()) {
      refused.forEach(e -> lines.add("cannot be used: " + e.getMessage()));
      return new DataCheck(List.copyOf(lines));
    }
    throw refused.stream()
        .findFirst()
        .orElseGet(
            () ->
                new InputException(
                    "%s holds no file of a kind that experiments read: images (.png, .jpg, CIFAR-10's .bin, MNIST's idx), .wav, FASTA, .tsv or .txt"
                        .formatted(place)));
  }

  private static List<Path> files(Path folder) {
    Sources.requireFolder(folder);
    try (Stream<Path> all = Files.walk(folder, DEPTH)) {
      return all.filter(Files::isRegularFile)
          .filter(f -> !f.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new InputException("cannot read %s; check its permissions".formatted(folder), e);
    }
  }

  private static String images(String data, Path folder) {
    ImageSplits splits = DataSets.load(data, Optional.of(folder), 0);
    Images train = splits.train();
    return "data=%s: %s images to train on, %s for validation, %s for testing, %s×%s×%s, %s classes"
        .formatted(
            data,
            train.count(),
            splits.validation().count(),
            splits.test().count(),
            train.height(),
            train.width(),
            train.channels(),
            train.classes());
  }

  private static String genome(Path file) {
    Genome genome = Genome.fasta(file);
    int count = genome.sequences().size();
    return "data=fasta: %s, %s bases"
        .formatted(count == 1 ? "1 sequence" : count + " sequences", genome.length());
  }

  private static String speech(Path folder) {
    SpeechCorpus corpus = SpeechSets.load("folder", Optional.of(folder), RATE);
    return "data=%s: %s recordings"
        .formatted(corpus.singleWords() ? "fsdd or data=folder" : "folder", corpus.all().size());
  }
}
