package org.normfree.plots.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;

/** Writes a table as LaTeX, Markdown, HTML, or an experiment's summary as CSV. */
public final class TableFormat {
  private static final Map<Integer, String> LATEX =
      Map.ofEntries(
          escape('\\', "\\textbackslash{}"),
          escape('{', "\\{"),
          escape('}', "\\}"),
          escape('$', "\\$"),
          escape('&', "\\&"),
          escape('#', "\\#"),
          escape('%', "\\%"),
          escape('_', "\\_"),
          escape('^', "\\textasciicircum{}"),
          escape('~', "\\textasciitilde{}"),
          escape('<', "\\textless{}"),
          escape('>', "\\textgreater{}"),
          escape('|', "\\textbar{}"),
          escape('"', "\\textquotedbl{}"),
          escape('α', "$\\alpha$"),
          escape('β', "$\\beta$"),
          escape('γ', "$\\gamma$"),
          escape('σ', "$\\sigma$"),
          escape('₀', "$_0$"),
          escape('²', "$^2$"),
          escape('±', "$\\pm$"),
          escape('−', "$-$"),
          escape('×', "$\\times$"),
          escape('–', "--"),
          escape('\u2019', "'"));

  private TableFormat() {}

  /**
   * @param table a table
   * @return a {@code table} environment with booktabs rules and the notes below
   */
  public static String latex(ResultTable table) {
    StringBuilder out = new StringBuilder();
    out.append("% needs \\usepackage{booktabs}\n");
    out.append("\\begin{table}\n  \\centering\n");
    out.append("  \\caption{").append(latex("Results of " + table.experiment())).append("}\n");
    out.append("  \\label{tab:").append(table.experiment()).append("}\n");
    out.append("  \\begin{tabular}{")
        .append(
            table.columns().stream()
                .map(column -> isNumeric(column) ? "r" : "l")
                .collect(Collectors.joining()))
        .append("}\n    \\toprule\n");
    out.append(latexRow(table.columns())).append("    \\midrule\n");
    table.rows().forEach(row -> out.append(latexRow(row)));
    out.append("    \\bottomrule\n  \\end{tabular}\n");
    for (String note : table.notes()) {
      out.append("\n  \\smallskip\\footnotesize ").append(latex(note)).append('\n');
    }
    return out.append("\\end{table}\n").toString();
  }

  /**
   * @param text plain text
   * @return the same for LaTeX: every special character escaped, Greek letters in math mode
   */
  public static String latex(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              String escaped = LATEX.get(c);
              if (escaped == null) {
                out.appendCodePoint(c);
              } else {
                out.append(escaped);
              }
            });
    return out.toString();
  }

  /**
   * @param table a table
   * @return a Markdown table with the notes below
   */
  public static String markdown(ResultTable table) {
    StringBuilder out = new StringBuilder();
    out.append(markdownRow(table.columns()));
    out.append(
        table.columns().stream()
            .map(column -> isNumeric(column) ? " ---: " : " --- ")
            .collect(Collectors.joining("|", "|", "|\n")));
    table.rows().forEach(row -> out.append(markdownRow(row)));
    table.notes().forEach(note -> out.append('\n').append(note).append('\n'));
    return out.toString();
  }

  /**
   * @param table a table
   * @return an HTML table with the notes below
   */
  public static String html(ResultTable table) {
    StringBuilder out = new StringBuilder("<table>\n<thead>");
    out.append(htmlRow(table, table.columns(), "th"));
    out.append("</thead>\n<tbody>\n");
    table.rows().forEach(row -> out.append(htmlRow(table, row, "td")));
    out.append("</tbody>\n</table>\n");
    table
        .notes()
        .forEach(note -> out.append("<p class=\"note\">").append(html(note)).append("</p>\n"));
    return out.toString();
  }

  /**
   * @param text plain text
   * @return the same for HTML and its attributes
   */
  public static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /**
   * All numbers in full, for whoever wants to compute with them; seeds are separated by spaces.
   *
   * @param experiment an experiment
   * @return its summary as RFC 4180 CSV with a heading
   */
  public static String csv(Experiment experiment) {
    List<SummaryRow> rows = experiment.summary().rows();
    TreeSet<String> keys = new TreeSet<>();
    rows.forEach(row -> keys.addAll(row.setting().keySet()));
    List<String> heading = new ArrayList<>(List.of("method"));
    heading.addAll(keys);
    Collections.addAll(
        heading,
        "metric",
        "mean",
        "ci95_low",
        "ci95_high",
        "n",
        "diverged",
        "seeds",
        "published",
        "source");
    StringBuilder out = new StringBuilder(csvRow(heading));
    for (SummaryRow row : rows) {
      List<String> cells = new ArrayList<>(List.of(row.method()));
      keys.forEach(key -> cells.add(row.setting().getOrDefault(key, "")));
      cells.add(row.metric());
      cells.add(row.mean() == null ? (row.diverged() > 0 ? "diverged" : "") : row.mean() + "");
      cells.add(row.ci95() == null ? "" : String.valueOf(row.ci95().get(0)));
      cells.add(row.ci95() == null ? "" : String.valueOf(row.ci95().get(1)));
      cells.add(Integer.toString(row.n()));
      cells.add(Integer.toString(row.diverged()));
      cells.add(row.seeds().stream().map(String::valueOf).collect(Collectors.joining(" ")));
      cells.add(row.published() == null ? "" : row.published().toString());
      cells.add(row.source() == null ? "" : row.source());
      out.append(csvRow(cells));
    }
    return out.toString();
  }

  private static Map.Entry<Integer, String> escape(char c, String escaped) {
    return Map.entry((int) c, escaped);
  }

  private static boolean isNumeric(String column) {
    return column.equals("n") || column.equals("diverged") || column.equals("published");
  }

  private static String latexRow(List<String> cells) {
    return cells.stream()
        .map(TableFormat::latex)
        .collect(Collectors.joining(" & ", "    ", " \\\\\n"));
  }

  private static String markdownRow(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("\\", "\\\\").replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String htmlRow(ResultTable table, List<String> cells, String tag) {
    StringBuilder out = new StringBuilder("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      String style = isNumeric(table.columns().get(i)) ? " class=\"number\"" : "";
      out.append("<%s%s>%s</%s>".formatted(tag, style, html(cells.get(i)), tag));
    }
    return out.append("</tr>\n").toString();
  }

  private static String csvRow(List<String> cells) {
    return cells.stream()
        .map(
            cell ->
                cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
        .collect(Collectors.joining(",", "", "\n"));
  }
}
