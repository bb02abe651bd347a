package org.normfree.experiments.statistics;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Numbers printed in papers, to stand beside our own; kept as data in {@code published.csv}. They
 * come from other data and sizes, so only their order can be compared with ours.
 *
 * @param entries the numbers
 */
public record Published(List<Entry> entries) {
  private static final String RESOURCE = "published.csv";
  private static final String DYT = "2503.10622";
  private static final int COLUMNS = 6;

  /**
   * One printed number.
   *
   * @param paper the paper's arXiv number
   * @param table the table's number in it; 0 for a number that stands elsewhere, as the remark says
   * @param model the model as the paper calls it
   * @param method our name of the method
   * @param value an accuracy in percent, or a loss in nats
   * @param remark what the paper says beside the number; may be empty
   */
  public record Entry(
      String paper, int table, String model, String method, double value, String remark) {
    /** Where the number stands, as a table's footnote says it. */
    public String source() {
      return "arXiv %s%s, %s%s"
          .formatted(
              paper,
              table == 0 ? "" : ", table " + table,
              model,
              remark.isEmpty() ? "" : " (" + remark + ")");
    }
  }

  /** Copies the list. */
  public Published {
    entries = List.copyOf(entries);
  }

  /** No numbers, for a study that has no counterpart in print. */
  public static Published none() {
    return new Published(List.of());
  }

  /** Every number of {@code published.csv}. */
  public static Published all() {
    try (InputStream in = Published.class.getResourceAsStream(RESOURCE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return new Published(
          lines
              .lines()
              .filter(line -> !line.startsWith("#"))
              .skip(1)
              .map(Published::entry)
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param table the table's number in arXiv 2503.10622, the DyT paper
   * @param model the model as the paper calls it, for example {@code ViT-B}
   * @return the numbers of that model in that table
   */
  public static Published table(int table, String model) {
    return new Published(
        all().entries.stream()
            .filter(entry -> entry.paper.equals(DYT))
            .filter(entry -> entry.table == table && entry.model.equals(model))
            .toList());
  }

  /**
   * @param model the model as its paper calls it, for example {@code GPT-2 124M}
   * @return the numbers of that model, wherever they stand
   */
  public static Published model(String model) {
    return new Published(
        all().entries.stream().filter(entry -> entry.model.equals(model)).toList());
  }

  /**
   * @param other more numbers
   * @return these and the others; where both have a number for a method, these count
   */
  public Published or(Published other) {
    return new Published(Stream.concat(entries.stream(), other.entries.stream()).toList());
  }

  /**
   * @param method our name of the method
   * @return the first number for it, if there is one
   */
  public Optional<Entry> find(String method) {
    return entries.stream().filter(entry -> entry.method.equals(method)).findFirst();
  }

  private static Entry entry(String line) {
    String[] cells = line.split(",", COLUMNS);
    return new Entry(
        cells[0],
        Integer.parseInt(cells[1]),
        cells[2],
        cells[3],
        Double.parseDouble(cells[4]),
        cells[5]);
  }
}
