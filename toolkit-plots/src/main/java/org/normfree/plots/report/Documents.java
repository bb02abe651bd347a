package org.normfree.plots.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.Reason;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.RunArchive;
import org.normfree.plots.table.ClaimsMarkdown;
import org.normfree.plots.table.MarkdownTable;
import org.normfree.plots.table.ResultTable;

/**
 * Writes what was recorded into the places that Markdown documents have for it, so that no number
 * in them is copied by hand. A place begins with a line {@code <!-- recorded: claims -->} and ends
 * with a line {@code <!-- /recorded -->}; what stands between them is written anew. It can be
 *
 * <ul>
 *   <li>{@code claims}: the claims of all experiments, or of those named behind it,
 *   <li>{@code verdicts}: the same in few words,
 *   <li>{@code overview}: how many claims of each experiment were judged which way,
 *   <li>{@code table}: of the experiment named behind it the table of its primary metric,
 *   <li>{@code tables}: all its tables.
 * </ul>
 */
public final class Documents {
  private static final Pattern BEGIN = Pattern.compile("\\s*<!-- recorded: (.*?)\\s*-->\\s*");
  private static final String END = "<!-- /recorded -->";

  private static final Map<String, Function<List<Experiment>, String>> KINDS =
      new LinkedHashMap<>();

  static {
    KINDS.put("claims", ClaimsMarkdown::of);
    KINDS.put("verdicts", ClaimsMarkdown::inFewWords);
    KINDS.put("overview", ClaimsMarkdown::overview);
    KINDS.put("table", asked -> tables(asked, 1));
    KINDS.put("tables", asked -> tables(asked, Integer.MAX_VALUE));
  }

  private final Map<String, Experiment> experiments = new LinkedHashMap<>();

  private Documents(List<Experiment> recorded) {
    HtmlReport.ordered(recorded)
        .forEach(experiment -> experiments.put(experiment.id(), experiment));
  }

  /**
   * Fills the places of documents. None is written if anything is wrong with one of them.
   *
   * @param runs an experiment's directory or any folder above some
   * @param documents Markdown files
   * @param granted what to do when the documents are known to ask for what is there
   * @throws InputException if nothing is recorded there, a document cannot be read or written, has
   *     no place, or has one that does not end or asks for what is not there
   */
  public static void fill(Path runs, List<Path> documents, Runnable granted) {
    List<String> ids = RunArchive.ids(runs);
    documents.forEach(document -> filled(document, place -> look(document, place, ids)));
    granted.run();
    Documents recorded = new Documents(RunArchive.read(runs).experiments());
    Map<Path, String> filled = new LinkedHashMap<>();
    documents.forEach(document -> filled.put(document, filled(document, recorded::content)));
    filled.forEach(
        (document, text) -> AtomicFile.write(document, text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * @param asked what is to be written
   * @return a place for it
   */
  public static String place(String asked) {
    return "<!-- recorded: %s -->\n%s\n".formatted(asked, END);
  }

  private static String filled(Path document, UnaryOperator<String> contents) {
    List<String> out = new ArrayList<>();
    String open = null;
    int places = 0;
    for (String line : lines(document)) {
      Matcher begin = BEGIN.matcher(line);
      if (begin.matches()) {
        if (open != null) {
          throw unended(document, open);
        }
        open = begin.group(1);
        places++;
        out.add(line);
        out.add("");
        contents.apply(open).lines().forEach(out::add);
        out.add("");
      } else if (line.strip().equals(END)) {
        if (open == null) {
          throw new InputException(
              "%s: a line %s ends nothing; a place begins with <!-- recorded: claims -->"
                  .formatted(document, END));
        }
        open = null;
        out.add(line);
      } else if (open == null) {
        out.add(line);
      }
    }
    if (open != null) {
      throw unended(document, open);
    }
    if (places == 0) {
      throw new InputException(
          "%s has no place for what was recorded: expected a line <!-- recorded: claims --> and,"
                  .formatted(document)
              + " behind it, a line "
              + END);
    }
    return String.join("\n", out) + "\n";
  }

  private static List<String> lines(Path document) {
    if (Files.exists(document) && !Files.isRegularFile(document)) {
      throw new InputException(
          "%s is no plain file: expected a Markdown file in UTF-8".formatted(document));
    }
    try {
      return Files.readAllLines(document);
    } catch (IOException e) {
      throw new InputException(
          "cannot read %s (%s): expected a Markdown file in UTF-8"
              .formatted(document, Reason.of(e)),
          e);
    }
  }

  private static InputException unended(Path document, String place) {
    return new InputException(
        "%s: the place \"%s\" does not end; put a line %s behind it"
            .formatted(document, place, END));
  }

  /** Refuses a place that asks for what there is not; nothing is to stand there yet. */
  private static String look(Path document, String place, List<String> ids) {
    List<String> words = words(place);
    if (!KINDS.containsKey(words.get(0))) {
      throw new InputException(
          "%s: \"%s\" is nothing that can be written; expected %s, and names of experiments behind it"
              .formatted(document, words.get(0), String.join(", ", KINDS.keySet())));
    }
    for (String name : words.subList(1, words.size())) {
      if (!ids.contains(name)) {
        throw new InputException(
            "%s asks for %s, which is not recorded there; recorded are %s"
                .formatted(document, name, String.join(", ", ids)));
      }
    }
    return "";
  }

  private String content(String place) {
    List<String> words = words(place);
    List<Experiment> asked =
        words.size() == 1
            ? List.copyOf(experiments.values())
            : words.stream().skip(1).map(experiments::get).toList();
    return KINDS.get(words.get(0)).apply(asked);
  }

  private static List<String> words(String place) {
    return List.of(place.split("\\s+", -1));
  }

  private static String tables(List<Experiment> asked, int most) {
    return asked.stream()
        .map(
            experiment ->
                MarkdownTable.of(ResultTable.of(experiment).stream().limit(most).toList())
                    + "\n"
                    + MarkdownTable.text(Facts.line(experiment))
                    + "\n")
        .collect(Collectors.joining("\n"));
  }
}
