package org.normfree.core.data.text;

import com.ibm.icu.impl.ICUData;
import com.ibm.icu.impl.ICUResourceBundle;
import com.ibm.icu.text.RuleBasedNumberFormat;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.core.data.Streams;

/**
 * Numbers spelled out in two languages by the rules of ICU, a translation task without files.
 *
 * <p>The parts have disjoint ranges of numbers. Numbers below 100 are for training. The numbers of
 * each length from three digits on are divided into 100 ranges of equal size; of 20 ranges in a row
 * the seventh is for validation, the fourteenth for test, the others are for training. So the same
 * number is in the same part whatever the languages, the count and the maximum are. A part takes as
 * many numbers of each length as of any other, as far as they go round; which ones, does not depend
 * on a run's seed.
 *
 * <p>Soft hyphens (U+00AD), which ICU puts where a long word may be broken, are left out.
 */
public final class Numbers {
  /** The largest maximum: more digits are beyond some languages' rules. */
  public static final long LARGEST = 999_999_999;

  private Numbers() {}

  /** The languages by their ICU names, for example {@code en}, {@code de_CH}. */
  public static List<String> languages() {
    Set<String> names =
        new TreeSet<>(
            ICUResourceBundle.getAvailableLocaleNameSet(
                ICUData.ICU_RBNF_BASE_NAME, ICUResourceBundle.ICU_DATA_CLASS_LOADER));
    names.remove("root");
    return List.copyOf(names);
  }

  /**
   * @param source language of the sources, one of {@link #languages()}
   * @param target language of the targets
   * @param count wanted number of training pairs, at least 20; validation and test get a twentieth
   *     of it each; there may be fewer if the ranges have no more
   * @param maximum the largest number, 999 to {@link #LARGEST}
   * @return the pairs in random order; their line is their number in the part
   * @throws InputException if a language is unknown or a number is out of range
   */
  public static ParallelCorpus load(String source, String target, int count, long maximum) {
    if (count < 20) {
      throw new InputException(
          "%s pairs of numbers are wanted, expected at least 20".formatted(count));
    }
    if (maximum < 999 || maximum > LARGEST) {
      throw new InputException(
          "the largest number is %s, expected 999 to %s".formatted(maximum, LARGEST));
    }
    RuleBasedNumberFormat sources = rules(source);
    RuleBasedNumberFormat targets = rules(target);
    return new ParallelCorpus(
        spell(draw(HeldOut.TRAIN, count, maximum), sources, targets),
        spell(draw(HeldOut.VALIDATION, count / 20, maximum), sources, targets),
        spell(draw(HeldOut.TEST, count / 20, maximum), sources, targets));
  }

  private static RuleBasedNumberFormat rules(String language) {
    String name = language.replace('-', '_');
    List<String> known = languages();
    if (!known.contains(name)) {
      throw new InputException(
          "no rules to spell numbers in the language '%s'; %s"
              .formatted(language, Suggestion.forName(name, known)));
    }
    return new RuleBasedNumberFormat(new ULocale(name), RuleBasedNumberFormat.SPELLOUT);
  }

  private static List<SentencePair> spell(
      List<Long> numbers, RuleBasedNumberFormat sources, RuleBasedNumberFormat targets) {
    List<SentencePair> pairs = new ArrayList<>(numbers.size());
    for (long number : numbers) {
      pairs.add(new SentencePair(spell(number, sources), spell(number, targets), pairs.size() + 1));
    }
    return pairs;
  }

  private static String spell(long number, RuleBasedNumberFormat rules) {
    return rules.format(number).replace("\u00AD", "");
  }

  /** The part that a number belongs to. */
  static HeldOut part(long number) {
    if (number < 100) {
      return HeldOut.TRAIN;
    }
    long first = 100;
    while (first * 10 <= number) {
      first *= 10;
    }
    long range = (number - first) / (9 * first / 100);
    return switch ((int) (range % 20)) {
      case 6 -> HeldOut.VALIDATION;
      case 13 -> HeldOut.TEST;
      default -> HeldOut.TRAIN;
    };
  }

  /** Numbers of a part, in random order. */
  private static List<Long> draw(HeldOut part, int count, long maximum) {
    List<Long> drawn = new ArrayList<>(count);
    int digits = String.valueOf(maximum).length();
    long first = 0;
    for (int d = 1; d <= digits; d++) {
      long end = Math.min(maximum + 1, Math.round(Math.pow(10, d)));
      int quota = (count - drawn.size()) / (digits - d + 1);
      SplittableRandom random = Streams.NUMBERS.of(part.stream, d);
      drawn.addAll(draw(part, quota, first, end, random));
      first = end;
    }
    List<Long> shuffled = new ArrayList<>(drawn.size());
    for (int i : Streams.permutation(drawn.size(), Streams.NUMBERS.of(part.stream, 0))) {
      shuffled.add(drawn.get(i));
    }
    return shuffled;
  }

  /** Distinct numbers of a part in [first, end), all there are if they are not many more. */
  private static Set<Long> draw(
      HeldOut part, int count, long first, long end, SplittableRandom random) {
    Set<Long> drawn = new LinkedHashSet<>();
    // a part has at least a twenty-fifth of a whole length; of the last one perhaps nothing
    if (end - first <= 50L * count) {
      List<Long> members = new ArrayList<>();
      for (long number = first; number < end; number++) {
        if (part(number) == part) {
          members.add(number);
        }
      }
      int[] order = Streams.permutation(members.size(), random);
      for (int i = 0; i < Math.min(count, order.length); i++) {
        drawn.add(members.get(order[i]));
      }
      return drawn;
    }
    for (long tries = 0; drawn.size() < count && tries < 1000L * count; tries++) {
      long number = random.nextLong(first, end);
      if (part(number) == part) {
        drawn.add(number);
      }
    }
    return drawn;
  }
}
