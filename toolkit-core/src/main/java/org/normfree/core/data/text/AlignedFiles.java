package org.normfree.core.data.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;

/**
 * Reads parallel text from two files a part, a sentence a line: {@code train.en} and {@code
 * train.de}, {@code val} (or {@code validation}, {@code valid}, {@code dev}) and {@code test}
 * likewise; plain or {@code .gz}. A part without files is held out of the training pairs; other
 * files are told of in one line.
 */
public final class AlignedFiles {
  private static final List<String> VALIDATION = List.of("val", "validation", "valid", "dev");

  private AlignedFiles() {}

  /**
   * @param folder the folder
   * @param source ending of the files that are translated, for example {@code en}
   * @param target ending of the translations, for example {@code de}
   * @return the pairs
   * @throws InputException if a file is missing, empty or no UTF-8, the lines of two files do not
   *     align, or source and target are the same
   */
  public static ParallelCorpus load(Path folder, String source, String target) {
    Sources.requireFolder(folder);
    if (source.equals(target)) {
      throw new InputException(
          "source=%s and target=%s are the same, so there is nothing to translate; name two languages"
              .formatted(source, target));
    }
    List<Path> read = new ArrayList<>();
    List<SentencePair> train = part(folder, List.of("train"), source, target, read);
    if (train.isEmpty()) {
      throw new InputException(
          "%s holds neither train.%s nor train.%s (or .gz), only %s; check data.path and the languages"
              .formatted(folder, source, target, names(folder)));
    }
    List<SentencePair> validation = part(folder, VALIDATION, source, target, read);
    List<SentencePair> test = part(folder, List.of("test"), source, target, read);
    Sources.tellLeftOut(
        folder,
        1,
        read,
        "are train, val and test, each .%s and .%s, plain or .gz".formatted(source, target));
    return ParallelCorpus.of(String.valueOf(folder), train, validation, test);
  }

  private static List<SentencePair> part(
      Path folder, List<String> names, String source, String target, List<Path> read) {
    Sources.only(
        folder,
        names.stream()
            .flatMap(name -> TextFiles.find(folder, name + "." + source).stream())
            .toList());
    for (String name : names) {
      Optional<Path> sources = TextFiles.find(folder, name + "." + source);
      Optional<Path> targets = TextFiles.find(folder, name + "." + target);
      if (sources.isPresent() && targets.isPresent()) {
        read.addAll(List.of(sources.get(), targets.get()));
        return pairs(sources.get(), targets.get());
      }
      if (sources.isPresent() || targets.isPresent()) {
        throw new InputException(
            "%s holds %s.%s but not %s.%s (or .gz), only %s; add the file or check the languages"
                .formatted(
                    folder,
                    name,
                    sources.isPresent() ? source : target,
                    name,
                    sources.isPresent() ? target : source,
                    names(folder)));
      }
    }
    return List.of();
  }

  private static List<SentencePair> pairs(Path sourceFile, Path targetFile) {
    List<String> sources = TextFiles.lines(sourceFile);
    List<String> targets = TextFiles.lines(targetFile);
    if (sources.size() != targets.size()) {
      throw new InputException(
          "%s has %s lines but %s has %s; the lines must align, one sentence a line in both"
              .formatted(sourceFile, sources.size(), targetFile, targets.size()));
    }
    List<SentencePair> pairs = new ArrayList<>(sources.size());
    for (int i = 0; i < sources.size(); i++) {
      pairs.add(
          TextFiles.pair(
              sources.get(i),
              targets.get(i),
              targets.get(i).isBlank() ? targetFile : sourceFile,
              i + 1));
    }
    return pairs;
  }

  private static String names(Path folder) {
    List<String> names =
        Sources.children(folder).stream().map(f -> String.valueOf(f.getFileName())).toList();
    return names.isEmpty() ? "nothing" : String.join(", ", names);
  }
}
