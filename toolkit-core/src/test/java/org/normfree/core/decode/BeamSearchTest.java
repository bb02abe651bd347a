package org.normfree.core.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

/** Beam search over made-up probabilities, against a search through all texts. */
class BeamSearchTest {
  private static final int BEGIN = 0;
  private static final int END = 1;
  private static final int TOKENS = 5;

  /** Probabilities of the next token by what was written so far, the same for each sequence. */
  private static final class Table implements Continuation {
    private final Function<List<Integer>, double[]> next;
    private List<List<Integer>> texts;
    private int steps;

    Table(int sequences, Function<List<Integer>, double[]> next) {
      this.next = next;
      texts = IntStream.range(0, sequences).mapToObj(i -> List.<Integer>of()).toList();
    }

    @Override
    public int sequences() {
      return texts.size();
    }

    @Override
    public float[][] append(int... tokens) {
      steps++;
      List<List<Integer>> longer = new ArrayList<>();
      float[][] logits = new float[tokens.length][];
      for (int i = 0; i < tokens.length; i++) {
        List<Integer> text = new ArrayList<>(texts.get(i));
        text.add(tokens[i]);
        longer.add(text);
        double[] p = next.apply(text.subList(1, text.size()));
        logits[i] = new float[p.length];
        for (int token = 0; token < p.length; token++) {
          logits[i][token] = (float) Math.log(p[token]);
        }
      }
      texts = longer;
      return logits;
    }

    @Override
    public void keep(int... sources) {
      texts = Arrays.stream(sources).mapToObj(i -> texts.get(i)).toList();
    }
  }

  /** Random probabilities that depend on the whole text. */
  private static double[] probabilities(long seed, List<Integer> text) {
    SplittableRandom random = new SplittableRandom(seed * 31 + text.hashCode());
    double[] p = random.doubles(TOKENS).map(x -> x * x * x + 1e-6).toArray();
    p[BEGIN] = 1e-12;
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(x -> x / sum).toArray();
  }

  private static double score(long seed, List<Integer> text, double penalty) {
    double log = 0;
    for (int i = 0; i < text.size(); i++) {
      log += Math.log(probabilities(seed, text.subList(0, i))[text.get(i)]);
    }
    log += Math.log(probabilities(seed, text)[END]);
    return log / Math.pow(text.size() + 1, penalty);
  }

  /** All texts of up to some tokens, without begin and end. */
  private static List<List<Integer>> texts(int most) {
    List<List<Integer>> all = new ArrayList<>(List.of(List.of()));
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).size() < most) {
        for (int token = END + 1; token < TOKENS; token++) {
          List<Integer> longer = new ArrayList<>(all.get(i));
          longer.add(token);
          all.add(longer);
        }
      }
    }
    return all;
  }

  /** With as many beams as there are texts nothing is left out. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 0", "3, 0.5", "3, 1", "3, 2"})
  void findsTheBestWholeText(int most, double penalty) {
    List<List<Integer>> all = texts(most);
    int longest = 0;
    for (long seed = 1; seed <= 40; seed++) {
      long s = seed;
      List<Integer> best = all.get(0);
      for (List<Integer> text : all) {
        best = score(s, text, penalty) > score(s, best, penalty) ? text : best;
      }
      BeamSearch search = new BeamSearch(BEGIN, END, most, all.size() * TOKENS, penalty);
      int[][] found = search.run(new Table(2, text -> probabilities(s, text)));
      int[] expected = best.stream().mapToInt(token -> token).toArray();
      assertThat(found).as("seed %s", seed).isDeepEqualTo(new int[][] {expected, expected});
      longest += expected.length == most ? 1 : 0;
    }
    assertThat(longest).as("texts of the largest length").isPositive();
  }

  /** What has not ended has not paid for its end, so it looked better than any whole text. */
  @Test
  void aTextThatIsCutOffPaysForTheEndItDoesNotHave() {
    Function<List<Integer>, double[]> next =
        text ->
            text.isEmpty()
                ? new double[] {1e-12, 0.4, 0.6, 1e-12, 1e-12}
                : new double[] {1e-12, 1e-9, 1, 1e-12, 1e-12};
    BeamSearch search = new BeamSearch(BEGIN, END, 3, 2, 1);
    assertThat(search.run(new Table(1, next))).isDeepEqualTo(new int[][] {{}});
    // with one beam there is nothing to choose from
    assertThat(new BeamSearch(BEGIN, END, 3, 1, 1).run(new Table(1, next)))
        .isDeepEqualTo(new GreedySearch(BEGIN, END, 3).run(new Table(1, next)))
        .isDeepEqualTo(new int[][] {{2, 2, 2}});
  }

  @Test
  void takesOneStepMoreThanTheLongestTextHasTokens() {
    Table endless = new Table(3, text -> new double[] {1e-9, 1e-9, 1, 0.5, 0.1});
    new BeamSearch(BEGIN, END, 4, 2, 1).run(endless);
    assertThat(endless.steps).isEqualTo(5);
    Table short1 = new Table(3, text -> new double[] {1e-9, 1, 1e-9, 1e-9, 1e-9});
    assertThat(new BeamSearch(BEGIN, END, 4, 1, 1).run(short1)).isDeepEqualTo(new int[3][0]);
    assertThat(short1.steps).isEqualTo(1);
  }

  @Test
  void noBeamsAreRefused() {
    assertThatThrownBy(() -> new BeamSearch(BEGIN, END, 4, 0, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("beams=0");
  }
}
