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
 * likewise; plain or {@code .gz}. A part without files is held out of the training pairs.
 */
public final class AlignedFiles {
  private AlignedFiles() {}

  /**
   * @param folder the folder
   * @param source ending of the files that are translated, for example {@code en}
   * @param target ending of the translations, for example {@code de}
   * @return the pairs
   * @throws InputException if a file is missing, empty or no UTF-8, or the lines of two files do
   *     not align
   */
  public static ParallelCorpus load(Path folder, String source, String target) {
    Sources.requireFolder(folder);
    List<SentencePair> train = part(folder, List.of("train"), source, target);
    if (train.isEmpty()) {
      throw new InputException(
          "%s holds neither train.%s nor train.%s (or .gz), only %s; check data.path and the languages"
              .formatted(folder, source, target, names(folder)));
    }
    return ParallelCorpus.of(
        String.valueOf(folder),
        train,
        part(folder, List.of("val", "validation", "valid", "dev"), source, target),
        part(folder, List.of("test"), source, target));
  }

  private static List<SentencePair> part(
      Path folder, List<String> names, String source, String target) {
    for (String name : names) {
      Optional<Path> sources = TextFiles.find(folder, name + "." + source);
      Optional<Path> targets = TextFiles.find(folder, name + "." + target);
      if (sources.isPresent() && targets.isPresent()) {
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
