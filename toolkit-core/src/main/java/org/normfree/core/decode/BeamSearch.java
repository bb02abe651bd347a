package org.normfree.core.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.normfree.core.InputException;

/**
 * Beam search: of all continuations of the kept beginnings the most probable ones are kept, until
 * as many have ended; of those the one with the largest {@code log p / length^penalty} is the
 * result, the end counted in its probability and in its length. An end counts only while it is
 * among the kept. Beginnings of the largest length end whether an end is probable or not, and pay
 * for it: all texts are compared as whole ones. This is what fairseq's {@code SequenceGenerator}
 * does. One beam gives what {@link GreedySearch} gives.
 *
 * <p>A text of {@code maxLength} tokens takes {@code maxLength + 1} steps of the {@link
 * Continuation}, the begin token included.
 *
 * @param begin token that sequences begin with
 * @param end token that ends a sequence
 * @param maxLength most tokens of a result, the end not counted, at least 1
 * @param beams how many beginnings are kept, at least 1
 * @param lengthPenalty exponent of the length; 0 prefers short texts, 1 is usual
 */
public record BeamSearch(int begin, int end, int maxLength, int beams, double lengthPenalty) {
  /** Checks the number of beams. */
  public BeamSearch {
    if (beams < 1) {
      throw new InputException("beams=%s, expected at least 1; 4 or 5 are usual".formatted(beams));
    }
  }

  /** A beginning, and where in the continuation it lives. */
  private record Beginning(int place, int[] tokens, double logProbability) {
    Beginning with(int token, double log) {
      int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
      longer[tokens.length] = token;
      return new Beginning(place, longer, logProbability + log);
    }
  }

  /** A beginning and its next token. */
  private record Candidate(Beginning from, int token, double log) {
    double score() {
      return from.logProbability + log;
    }
  }

  /** One text that is being searched for. */
  private final class Search {
    private List<Beginning> open;
    private int[] best = {};
    private double bestScore = Double.NEGATIVE_INFINITY;
    private int ended;

    Search(int place) {
      open = List.of(new Beginning(place, new int[0], 0));
    }

    void advance(float[][] logits) {
      List<Beginning> kept = new ArrayList<>();
      int rank = 0;
      for (Candidate candidate : candidates(logits)) {
        if (candidate.token == end) {
          if (rank < beams) {
            finish(candidate.from.tokens, candidate.score(), candidate.from.tokens.length + 1);
          }
        } else if (kept.size() < beams) {
          kept.add(candidate.from.with(candidate.token, candidate.log));
        }
        rank++;
      }
      open = ended >= beams ? List.of() : kept;
    }

    /** The 2·beams best: at most half of them end. */
    private List<Candidate> candidates(float[][] logits) {
      List<Candidate> all = new ArrayList<>();
      for (Beginning beginning : open) {
        double[] logs = logSoftmax(logits[beginning.place]);
        IntStream.range(0, logs.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer token) -> -logs[token]))
            .limit(2L * beams)
            .forEach(token -> all.add(new Candidate(beginning, token, logs[token])));
      }
      all.sort(Comparator.comparingDouble(candidate -> -candidate.score()));
      return all.subList(0, Math.min(2 * beams, all.size()));
    }

    void finish(int[] tokens, double logProbability, int length) {
      ended++;
      double score = logProbability / Math.pow(length, lengthPenalty);
      if (score > bestScore) {
        bestScore = score;
        best = tokens;
      }
    }

    /** No token may follow any more. */
    void end(float[][] logits) {
      for (Beginning b : open) {
        double log = logSoftmax(logits[b.place])[end];
        finish(b.tokens, b.logProbability + log, b.tokens.length + 1);
      }
      open = List.of();
    }
  }

  /**
   * Continues every sequence until its end.
   *
   * @param continuation sequences without a token yet
   * @return the tokens of each, without begin and end
   */
  public int[][] run(Continuation continuation) {
    List<Search> searches =
        IntStream.range(0, continuation.sequences()).mapToObj(Search::new).toList();
    int[] tokens = new int[searches.size()];
    Arrays.fill(tokens, begin);
    for (int step = 0; step <= maxLength && tokens.length > 0; step++) {
      float[][] logits = continuation.append(tokens);
      if (step == maxLength) {
        searches.forEach(search -> search.end(logits));
        break;
      }
      searches.forEach(search -> search.advance(logits));
      List<Beginning> open = searches.stream().flatMap(s -> s.open.stream()).toList();
      if (open.isEmpty()) {
        break;
      }
      // always as many places, those behind the open ones without a meaning: one shape, one plan
      int places = searches.size() * beams;
      continuation.keep(Arrays.copyOf(open.stream().mapToInt(Beginning::place).toArray(), places));
      int place = 0;
      for (Search search : searches) {
        List<Beginning> moved = new ArrayList<>();
        for (Beginning b : search.open) {
          moved.add(new Beginning(place++, b.tokens, b.logProbability));
        }
        search.open = moved;
      }
      int[] last = open.stream().mapToInt(b -> b.tokens[b.tokens.length - 1]).toArray();
      tokens = Arrays.copyOf(last, places);
    }
    return searches.stream().map(search -> search.best).toArray(int[][]::new);
  }

  private static double[] logSoftmax(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    double shift = largest + Math.log(sum);
    double[] logs = new double[logits.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = logits[i] - shift;
    }
    return logs;
  }
}
