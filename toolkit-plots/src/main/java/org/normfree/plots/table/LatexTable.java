package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.normfree.plots.table.LatexParts.Part;
import org.normfree.plots.table.ResultTable.Column;
import org.normfree.plots.table.ResultTable.Row;
import org.normfree.plots.table.ResultTable.RowGroup;

/**
 * Writes tables as LaTeX: numbers aligned on their decimal points by siunitx, rules by booktabs. A
 * table that is too wide or too long is split into {@linkplain LatexParts parts}; one that is a
 * little too wide all the same, since fonts differ, is scaled to the width of the text.
 */
public final class LatexTable {
  /** What a document must load. */
  public static final List<String> PACKAGES = List.of("booktabs", "siunitx", "graphicx");

  /** A word longer than this may be broken, lest it leaves the page. */
  private static final int LONG_WORD = 30;

  private static final int LONG_TITLE = 70;
  private static final String WRAPPED = ">{\\raggedright\\arraybackslash}p{0.9\\linewidth}";
  private static final int HEADING_LINE = 12;

  private LatexTable() {}

  /**
   * @param tables tables of one experiment
   * @return a LaTeX float for each part of each
   */
  public static String of(List<ResultTable> tables) {
    return tables.stream()
        .map(LatexTable::of)
        .collect(
            Collectors.joining(
                "\n", "%% needs \\usepackage{%s}\n".formatted(String.join(",", PACKAGES)), ""));
  }

  private static String of(ResultTable table) {
    List<List<Part>> floats = LatexParts.of(table);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < floats.size(); i++) {
      out.append("\\begin{table}\n  \\centering\\footnotesize\\setlength{\\tabcolsep}{4pt}%\n");
      if (i == 0) {
        out.append("  \\caption{").append(text(table.caption())).append("}\n");
        out.append("  \\label{tab:").append(table.label()).append("}\n");
      } else {
        out.append("  \\addtocounter{table}{-1}%\n  \\caption{")
            .append(text("(continued, part %s of %s)".formatted(i + 1, floats.size())))
            .append("}\n");
      }
      floats.get(i).forEach(part -> part(out, table, part));
      if (i == floats.size() - 1 && !table.notes().isEmpty()) {
        out.append("  \\par\\smallskip\n  \\parbox{\\linewidth}{\\scriptsize\\raggedright\n");
        out.append(
            table.notes().stream()
                .map(note -> "    " + text(note))
                .collect(Collectors.joining("\\par\n", "", "}\n")));
      }
      out.append("\\end{table}\n");
    }
    return out.toString();
  }

  private static void part(StringBuilder out, ResultTable table, Part part) {
    out.append("  \\par\\smallskip\n  \\sbox0{%\n  \\begin{tabular}{@{}");
    out.append(part.stubIsLong() ? ">{\\raggedright\\arraybackslash}p{0.38\\linewidth}" : "l");
    part.columns().forEach(column -> out.append(format(table, column)));
    out.append("@{}}\n    \\toprule\n    ").append(heading(table.stub(), "l"));
    for (int column : part.columns()) {
      out.append(" & ").append(columnHeading(table, column));
    }
    out.append(" \\\\\n");
    for (RowGroup group : part.groups()) {
      out.append("    \\midrule\n");
      if (!group.title().isEmpty()) {
        int width = 1 + part.columns().stream().mapToInt(c -> hasAfter(table, c) ? 2 : 1).sum();
        boolean wraps = group.title().length() > LONG_TITLE;
        out.append(
            "    \\multicolumn{%s}{@{}%s}{\\textit{%s}} \\\\\n"
                .formatted(width, wraps ? WRAPPED : "l", text(group.title())));
      }
      group.rows().forEach(row -> row(out, table, part, row));
    }
    out.append("    \\bottomrule\n  \\end{tabular}}%\n");
    out.append("  \\ifdim\\wd0>\\linewidth\\resizebox{\\linewidth}{!}{\\usebox0}");
    out.append("\\else\\usebox0\\fi\n");
  }

  private static void row(StringBuilder out, ResultTable table, Part part, Row row) {
    out.append("    ").append(text(row.label()));
    for (int column : part.columns()) {
      Cell cell = row.cells().get(column);
      boolean after = hasAfter(table, column);
      if (cell instanceof Cell.Measured measured) {
        out.append(" & ")
            .append(measured.strong() ? "\\bfseries " : "")
            .append(measured.value().ascii());
        if (after) {
          out.append(" & ").append(small(measured.after()));
        }
      } else {
        String words = text(((Cell.Words) cell).text());
        out.append(" & ");
        if (after) {
          out.append("\\multicolumn{2}{l}{").append(words).append('}');
        } else {
          out.append('{').append(words).append('}');
        }
      }
    }
    out.append(" \\\\\n");
  }

  private static String small(String after) {
    return after.isEmpty() ? "" : "{\\scriptsize " + text(after) + "}";
  }

  /** Column formats: a number, and what follows the numbers close behind it. */
  private static String format(ResultTable table, int column) {
    if (table.numbers(column).findAny().isEmpty()) {
      return "l";
    }
    List<Decimal> values = table.numbers(column).map(Cell.Measured::value).toList();
    boolean negative = values.stream().anyMatch(value -> value.value().signum() < 0);
    int whole = values.stream().mapToInt(LatexTable::wholeDigits).max().orElse(1);
    int places = values.stream().mapToInt(LatexTable::places).max().orElse(0);
    return "S[detect-weight,table-format=%s%s%s%s]%s"
        .formatted(
            negative ? "-" : "",
            whole,
            places > 0 ? "." + places : "",
            exponentFormat(values),
            hasAfter(table, column) ? "@{~}l" : "");
  }

  private static String exponentFormat(List<Decimal> values) {
    List<Integer> exponents = values.stream().map(Decimal::exponent).filter(e -> e != 0).toList();
    if (exponents.isEmpty()) {
      return "";
    }
    int digits =
        exponents.stream().mapToInt(e -> Integer.toString(Math.abs(e)).length()).max().orElse(1);
    return "e" + (exponents.stream().anyMatch(e -> e < 0) ? "-" : "") + digits;
  }

  private static int wholeDigits(Decimal value) {
    String mantissa = value.mantissa().replace("-", "");
    return mantissa.contains(".") ? mantissa.indexOf('.') : mantissa.length();
  }

  private static int places(Decimal value) {
    String mantissa = value.mantissa();
    return mantissa.contains(".") ? mantissa.length() - mantissa.indexOf('.') - 1 : 0;
  }

  static boolean hasAfter(ResultTable table, int column) {
    return table.numbers(column).anyMatch(cell -> !cell.after().isEmpty());
  }

  private static String columnHeading(ResultTable table, int index) {
    Column column = table.columns().get(index);
    boolean numbers = table.numbers(index).findAny().isPresent();
    String heading = heading(column.heading(), numbers ? "c" : "l");
    return hasAfter(table, index) ? "\\multicolumn{2}{c}{" + heading + "}" : "{" + heading + "}";
  }

  /** A heading over as many lines as it needs to be narrow. */
  private static String heading(String heading, String position) {
    List<String> lines = lines(heading);
    return lines.size() == 1
        ? text(heading)
        : lines.stream()
            .map(LatexTable::text)
            .collect(Collectors.joining("\\\\", "\\shortstack[%s]{".formatted(position), "}"));
  }

  /** How a heading is broken into lines. */
  static List<String> lines(String heading) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : heading.strip().split("\\s+", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > HEADING_LINE) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() > 0 ? " " : "").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** Text whose long words may be broken. */
  private static String text(String text) {
    StringBuilder out = new StringBuilder();
    for (String word : text.split("(?<= )|(?= )", -1)) {
      int[] points = word.codePoints().toArray();
      out.append(
          points.length <= LONG_WORD
              ? LatexText.of(word)
              : IntStream.iterate(0, i -> i < points.length, i -> i + LONG_WORD / 2)
                  .mapToObj(i -> new String(points, i, Math.min(LONG_WORD / 2, points.length - i)))
                  .map(LatexText::of)
                  .collect(Collectors.joining("\\allowbreak{}")));
    }
    return out.toString();
  }
}
