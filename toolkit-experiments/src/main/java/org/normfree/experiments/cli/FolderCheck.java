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
import org.normfree.core.data.dna.Fasta;
import org.normfree.core.data.speech.SpeechCorpus;
import org.normfree.core.data.speech.SpeechSets;
import org.normfree.core.data.text.PlainText;
import org.normfree.core.data.text.TabSeparated;

/**
 * What a folder of data is: read as everything that its files' names suggest, as an experiment
 * would. What loaders leave out they say themselves.
 *
 * @param lines what it is, and how much
 */
record FolderCheck(List<String> lines) {
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
  }

  private static final List<Kind> KINDS =
      List.of(
          Kind.folder("(data_batch|train|test).*\\.bin", folder -> images("cifar10", folder)),
          Kind.folder(".*-idx3-ubyte(\\.gz)?|.*\\.idx3-ubyte", folder -> images("mnist", folder)),
          Kind.folder(".*\\.(png|jpe?g)", folder -> images("folder", folder)),
          Kind.folder(".*\\.wav", FolderCheck::speech),
          Kind.file(
              ".*\\.(fa|fasta|fna)(\\.gz)?",
              file -> "data=fasta: %s sequences".formatted(Fasta.read(file).size())),
          Kind.file(
              ".*\\.tsv(\\.gz)?",
              file ->
                  "data=tsv: %s pairs to train on, one of them perhaps a header (data.header=true)"
                      .formatted(TabSeparated.load(file, false).train().size())),
          Kind.file(
              ".*\\.txt",
              file -> "data=plain: %s characters".formatted(PlainText.load(file).characters())));

  /**
   * @param folder a folder of data
   * @throws InputException if it is none, or nothing in it can be read
   */
  static FolderCheck of(Path folder) {
    Sources.requireFolder(folder);
    List<Path> files = files(folder);
    List<String> lines = new ArrayList<>();
    Optional<InputException> refused = Optional.empty();
    for (Kind kind : KINDS) {
      List<Path> own =
          files.stream().filter(file -> kind.names.matcher(name(file)).matches()).toList();
      for (Path place : kind.single ? own : own.isEmpty() ? List.<Path>of() : List.of(folder)) {
        try {
          lines.add("%s is %s".formatted(place, kind.read.apply(place)));
        } catch (InputException e) {
          refused = refused.or(() -> Optional.of(e));
        }
      }
    }
    if (lines.isEmpty()) {
      throw refused.orElseGet(
          () ->
              new InputException(
                  "%s holds no file of a kind that experiments read: images (.png, .jpg, CIFAR-10's .bin, MNIST's idx), .wav, FASTA, .tsv or .txt"
                      .formatted(folder)));
    }
    return new FolderCheck(List.copyOf(lines));
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder, DEPTH)) {
      return all.filter(Files::isRegularFile)
          .filter(f -> !name(f).startsWith("."))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new InputException("cannot read %s; check its permissions".formatted(folder), e);
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
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

  private static String speech(Path folder) {
    SpeechCorpus corpus = SpeechSets.load("folder", Optional.of(folder), RATE);
    return "data=%s: %s recordings"
        .formatted(corpus.singleWords() ? "fsdd or data=folder" : "folder", corpus.all().size());
  }
}
