package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Difference;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trained;
import org.normfree.plots.archive.Experiment;

/**
 * A LaTeX command for every number that a paper may cite: the file {@code claims.tex}. Its head
 * says how the commands are named.
 */
public final class ClaimMacros {
  private static final String HEAD =
      """
      % Numbers of recorded runs, for use in a paper: \\input{claims} in the preamble, and with
      % siunitx \\num{\\NameOfTheNumber}, so that signs and powers of ten are set as such.
      %
      % A name consists of words that begin with a capital letter:
      %   a claim   <experiment>Claim<id><what>
      %             what: Estimate, Low, High (its 95 % interval), N, Verdict; where it is inconclusive
      %             NeededN (runs that would decide) and Detectable (the smallest distance that shows)
      %   a row     <experiment><metric><method><setting><what>
      %             what: Mean, Low, High, N; where recorded Trained, Runs, TrainedMean, Published, and
      %             Difference, DifferenceLow, DifferenceHigh, DifferenceP (after Holm's correction)
      % Hyphens, underscores and points begin a new word; digits are spelt out (0.5 is ZeroPointFive,
      % -2 is MinusTwo), as are letters beyond A to Z (Alpha, or U and the character's number). A
      % setting is its keys and values in the order of the keys. A name that is taken already gets
      % SecondOf, ThirdOf, ... in front. What was not measured is not defined.
      """;

  private static final List<String> ORDINALS =
      List.of("Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth");

  private final Map<String, String> commands = new LinkedHashMap<>();

  private ClaimMacros() {}

  /**
   * @param experiments recorded experiments
   * @return the file
   */
  public static String of(List<Experiment> experiments) {
    StringBuilder out = new StringBuilder(HEAD);
    ClaimMacros macros = new ClaimMacros();
    for (Experiment experiment : experiments) {
      experiment.summary().claims().forEach(claim -> macros.claim(experiment.id(), claim));
      experiment.summary().rows().forEach(row -> macros.row(experiment.id(), row));
    }
    macros.commands.forEach(
        (name, value) ->
            out.append("\\newcommand*{\\").append(name).append("}{").append(value).append("}\n"));
    return out.toString();
  }

  private void claim(String experiment, ClaimResult claim) {
    Map<String, String> numbers = new LinkedHashMap<>();
    if (Rounding.isNumber(claim.estimate())) {
      measured(numbers, "Estimate", "", ClaimWords.measured(claim));
    }
    numbers.put("N", Integer.toString(claim.n()));
    numbers.put("Verdict", ClaimWords.verdict(claim));
    if (claim.needed() != null) {
      if (claim.needed().n() != null) {
        numbers.put("NeededN", claim.needed().n().toString());
      }
      if (Rounding.isNumber(claim.needed().detectable())) {
        numbers.put("Detectable", ClaimWords.twoDigits(claim.needed().detectable()).ascii());
      }
    }
    put(List.of(experiment, "Claim", claim.id() == null ? "" : claim.id()), numbers);
  }

  private void row(String experiment, SummaryRow row) {
    Map<String, String> numbers = new LinkedHashMap<>();
    if (Rounding.isNumber(row.mean())) {
      measured(numbers, "Mean", "", measured(row.mean(), row.ci95()));
    }
    numbers.put("N", Integer.toString(row.n()));
    Trained trained = row.trained();
    if (trained != null) {
      numbers.put("Trained", Integer.toString(trained.trained()));
      numbers.put("Runs", Integer.toString(trained.of()));
      if (Rounding.isNumber(trained.mean())) {
        numbers.put("TrainedMean", measured(trained.mean(), null).value().ascii());
      }
    }
    Difference difference = row.difference();
    if (difference != null && Rounding.isNumber(difference.estimate())) {
      measured(
          numbers,
          "Difference",
          "Difference",
          measured(difference.estimate(), difference.interval()));
      if (Rounding.isNumber(difference.pHolm())) {
        numbers.put("DifferenceP", ClaimWords.twoDigits(difference.pHolm()).ascii());
      }
    }
    if (Rounding.isNumber(row.published())) {
      numbers.put("Published", row.published().toString());
    }
    List<String> parts = new ArrayList<>(List.of(experiment, row.metric(), row.method()));
    new TreeMap<>(row.setting())
        .forEach(
            (key, value) -> {
              parts.add(key);
              parts.add(value);
            });
    put(parts, numbers);
  }

  private static Cell.Measured measured(double value, List<Double> interval) {
    return Cell.measured(value, interval, Rounding.needsPowerOfTen(value, interval), "", false);
  }

  private static void measured(
      Map<String, String> numbers, String name, String prefix, Cell.Measured cell) {
    numbers.put(name, cell.value().ascii());
    cell.interval()
        .ifPresent(
            interval -> {
              numbers.put(prefix + "Low", interval.low().ascii());
              numbers.put(prefix + "High", interval.high().ascii());
            });
  }

  /** The commands of one thing share a name, so that all of them are renamed or none. */
  private void put(List<String> parts, Map<String, String> numbers) {
    String own = MacroName.of(parts);
    String name = own;
    for (int i = 0; isTaken(name, numbers); i++) {
      name =
          (i < ORDINALS.size() ? ORDINALS.get(i) : MacroName.of(List.of(Integer.toString(i + 2))))
              + "Of"
              + own;
    }
    for (Map.Entry<String, String> number : numbers.entrySet()) {
      commands.put(name + number.getKey(), number.getValue());
    }
  }

  private boolean isTaken(String name, Map<String, String> numbers) {
    return numbers.keySet().stream().anyMatch(what -> commands.containsKey(name + what));
  }
}
