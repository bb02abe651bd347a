package org.normfree.experiments.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines of cells, printed in aligned columns; columns without content are left out. */
public final class Columns {
  private final List<List<String>> lines = new ArrayList<>();

  /**
   * @param head what stands above the columns
   */
  public Columns(String... head) {
    lines.add(List.of(head));
  }

  /**
   * @param cells as many as the head has
   * @return these columns with a line more
   */
  public Columns add(String... cells) {
    lines.add(List.of(cells));
    return this;
  }

  /** Whether there is a line below the head. */
  public boolean isEmpty() {
    return lines.size() == 1;
  }

  /** Each line ended. */
  @Override
  public String toString() {
    List<Integer> filled =
        IntStream.range(0, lines.get(0).size())
            .filter(c -> lines.stream().skip(1).anyMatch(line -> !line.get(c).isEmpty()))
            .boxed()
            .toList();
    int[] widths = IntStream.range(0, lines.get(0).size()).map(this::width).toArray();
    return lines.stream()
        .map(
            line ->
                filled.stream()
                        .map(c -> line.get(c) + " ".repeat(widths[c] - line.get(c).length()))
                        .collect(Collectors.joining("  "))
                        .stripTrailing()
                    + "\n")
        .collect(Collectors.joining());
  }

  private int width(int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }
}
