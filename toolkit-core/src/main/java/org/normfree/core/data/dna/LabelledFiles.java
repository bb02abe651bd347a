package org.normfree.core.data.dna;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;

/** Reads labelled sequences of DNA from the forms in which such sets are published. */
public final class LabelledFiles {
  private LabelledFiles() {}

  /**
   * A FASTA file of what is sought, and one of what is not, as sets of promoters have them.
   *
   * @param positives class 1
   * @param negatives class 0
   * @throws InputException if a sequence is empty, or as {@link Fasta#read}
   */
  public static LabelledDna twoFasta(Path positives, Path negatives) {
    Builder all = new Builder(List.of("negative", "positive"));
    fasta(negatives, 0, all);
    fasta(positives, 1, all);
    return all.build();
  }

  private static void fasta(Path file, int label, Builder all) {
    for (Fasta.Entry entry : Fasta.read(file)) {
      if (entry.sequence().length == 0) {
        throw new InputException(
            "%s, line %s: sequence %s has no base; remove its name"
                .formatted(file, entry.line(), entry.name()));
      }
      all.add(entry.sequence(), label);
    }
  }

  /**
   * A folder of each class with a file of each sequence in it, below {@code train} and {@code test}
   * as in GenomicBenchmarks, or without them. A file has bases alone or is FASTA of one sequence.
   *
   * @param folder the folder
   * @return training and validation, and a test split of its own if there is a folder of it
   * @throws InputException if there are fewer than two classes, a file has no base or a wrong
   *     letter, or {@code train} and {@code test} have not the same classes
   */
  public static LabelledDna.Splits folders(Path folder) {
    Path train = folder.resolve("train");
    Path test = folder.resolve("test");
    if (!Files.isDirectory(train) || !Files.isDirectory(test)) {
      return classes(folder).split();
    }
    List<Path> read = new ArrayList<>();
    for (Path part : List.of(train, test)) {
      Sources.children(part).stream()
          .filter(Files::isDirectory)
          .forEach(place -> read.addAll(Sources.children(place)));
    }
    Sources.tellLeftOut(folder, 3, read, "are the files in a folder a class of train/ and test/");
    LabelledDna first = classes(train);
    LabelledDna second = classes(test);
    if (!first.classNames().equals(second.classNames())) {
      throw new InputException(
          "%s has the classes %s, but its test folder %s; expected the same"
              .formatted(folder, first.classNames(), second.classNames()));
    }
    return first.splitWith(second);
  }

  private static LabelledDna classes(Path folder) {
    List<Path> places = Sources.children(folder).stream().filter(Files::isDirectory).toList();
    Builder all =
        new Builder(places.stream().map(place -> String.valueOf(place.getFileName())).toList());
    for (int label = 0; label < places.size(); label++) {
      for (Path file : Sources.children(places.get(label))) {
        all.add(sequence(file), label);
      }
    }
    if (places.size() < 2) {
      throw new InputException(
          "%s has %s folders of a class, expected at least 2 with a file of each sequence"
              .formatted(folder, places.size()));
    }
    return all.build();
  }

  private static byte[] sequence(Path file) {
    String text = text(file);
    if (text.stripLeading().startsWith(">")) {
      List<Fasta.Entry> entries = Fasta.read(file);
      if (entries.size() != 1) {
        throw new InputException(
            "%s has %s sequences, expected 1 a file".formatted(file, entries.size()));
      }
      return entries.get(0).sequence();
    }
    return bases(file, 1, text.replaceAll("\\s", ""));
  }

  /**
   * A table: a sequence, a tab and its class a line, behind a line of names if its first field is
   * {@code sequence}. Classes are numbered in the order of their names.
   *
   * @param file the table, plain or {@code .gz}
   * @throws InputException if a line has not two fields, no base or a wrong letter
   */
  public static LabelledDna table(Path file) {
    List<byte[]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    TreeMap<String, Integer> classes = new TreeMap<>();
    String[] lines = text(file).split("\\r\\n|\\r|\\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      boolean names = i == 0 && line.startsWith("sequence\t");
      if (line.isBlank() || names) {
        continue;
      }
      String[] fields = line.split("\t", -1);
      if (fields.length != 2 || fields[1].isBlank()) {
        throw new InputException(
            "%s, line %s: %s fields, expected a sequence, a tab and its class"
                .formatted(file, i + 1, fields.length));
      }
      sequences.add(bases(file, i + 1, fields[0].strip()));
      labels.add(fields[1].strip());
      classes.put(fields[1].strip(), 0);
    }
    List<String> names = List.copyOf(classes.keySet());
    int[] numbers = labels.stream().mapToInt(names::indexOf).toArray();
    if (names.size() < 2) {
      throw new InputException(
          "%s has %s classes in %s sequences, expected at least 2"
              .formatted(file, names.size(), sequences.size()));
    }
    return new LabelledDna(sequences, numbers, names);
  }

  private static byte[] bases(Path file, int line, String letters) {
    byte[] tokens = new byte[letters.length()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = Nucleotides.token(letters.charAt(i));
      if (tokens[i] < 0) {
        throw new InputException(
            "%s, line %s: '%s' is no nucleotide, expected A, C, G, T, N or another code of IUPAC; remove it"
                .formatted(file, line, letters.charAt(i)));
      }
    }
    if (tokens.length == 0) {
      throw new InputException(
          "%s, line %s: there is no base, expected a sequence; remove it".formatted(file, line));
    }
    return tokens;
  }

  private static String text(Path file) {
    return new String(Sources.unpacked(file), StandardCharsets.ISO_8859_1);
  }

  /** Sequences as they are read. */
  private static final class Builder {
    private final List<String> classNames;
    private final List<byte[]> sequences = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    Builder(List<String> classNames) {
      this.classNames = classNames;
    }

    void add(byte[] sequence, int label) {
      sequences.add(sequence);
      labels.add(label);
    }

    LabelledDna build() {
      int[] all = labels.stream().mapToInt(Integer::intValue).toArray();
      return new LabelledDna(sequences, all, classNames);
    }
  }
}
