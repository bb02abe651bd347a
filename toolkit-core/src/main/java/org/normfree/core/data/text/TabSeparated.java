package org.normfree.core.data.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.normfree.core.InputException;

/**
 * Reads parallel text from one file, plain or {@code .gz}: a pair a line, source and target in two
 * columns that a tab divides. Validation and test pairs are held out.
 */
public final class TabSeparated {
  private TabSeparated() {}

  /**
   * @param file the file
   * @param header whether the first line names the columns and is left out; one that plainly does
   *     so is refused otherwise
   * @return the pairs
   * @throws InputException if the file is missing, empty or no UTF-8, or a line has not two columns
   */
  public static ParallelCorpus load(Path file, boolean header) {
    List<String> lines = TextFiles.lines(file);
    String first = lines.get(0).strip().toLowerCase(Locale.ROOT);
    if (!header && first.matches("(source|src)\\s*\t\\s*(target|tgt|trg)")) {
      throw new InputException(
          "%s, line 1 names the columns, it is no pair of sentences; set data.header=true, or remove it"
              .formatted(file));
    }
    List<SentencePair> pairs = new ArrayList<>(lines.size());
    for (int i = header ? 1 : 0; i < lines.size(); i++) {
      String[] columns = lines.get(i).split("\t", -1);
      if (columns.length != 2) {
        throw new InputException(
            "%s, line %s has %s columns, expected a source and a target with a tab between them"
                .formatted(file, i + 1, columns.length));
      }
      pairs.add(TextFiles.pair(columns[0], columns[1], file, i + 1));
    }
    return ParallelCorpus.of(String.valueOf(file), pairs, List.of(), List.of());
  }
}
