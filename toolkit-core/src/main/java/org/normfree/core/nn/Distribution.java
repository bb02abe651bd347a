package org.normfree.core.nn;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import org.normfree.core.InputException;

/** What a {@link RandomInput} is drawn from; elements are drawn in row-major order. */
public sealed interface Distribution {
  /**
   * Begins an array.
   *
   * @param rng where the numbers come from
   * @param shape the array's shape
   * @return gives the elements, asked for once each and in order
   */
  IntToDoubleFunction draw(Rng rng, long... shape);

  /**
   * What stands for it where nothing is to be random.
   *
   * @param shape the array's shape
   * @return gives the elements
   */
  IntToDoubleFunction neutral(long... shape);

  /** Whether the numbers are integers, for a placeholder of type INT32. */
  default boolean integers() {
    return false;
  }

  /**
   * A mask of independent zeros with probability {@code rate} and {@code 1/(1−rate)} otherwise, so
   * that its mean is 1. Neutral: 1.
   *
   * @param rate probability of a zero, in [0, 1)
   */
  record Bernoulli(double rate) implements Distribution {
    /** Checks the rate. */
    public Bernoulli {
      require(rate >= 0 && rate < 1, "the rate of a mask is %s; expected it in [0, 1)", rate);
    }

    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      double kept = 1 / (1 - rate);
      return i -> rng.uniform() < rate ? 0 : kept;
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      return i -> 1;
    }
  }

  /**
   * Independent integers, 1 with probability {@code rate} and 0 otherwise. Neutral: 0.
   *
   * @param rate probability of a 1, in [0, 1)
   */
  record Chance(double rate) implements Distribution {
    /** Checks the rate. */
    public Chance {
      require(rate >= 0 && rate < 1, "the rate of a chance is %s; expected it in [0, 1)", rate);
    }

    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      return i -> rng.uniform() < rate ? 1 : 0;
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      return i -> 0;
    }

    @Override
    public boolean integers() {
      return true;
    }
  }

  /** Independent, mean 0, deviation 1. Neutral: 0. */
  record Normal() implements Distribution {
    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      return i -> rng.gaussian();
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      return i -> 0;
    }
  }

  /**
   * Independent and uniform. Neutral: the middle.
   *
   * @param low smallest number
   * @param high above {@code low}; not reached in DOUBLE, at most rounded to in FLOAT
   */
  record Uniform(double low, double high) implements Distribution {
    /** Checks the bounds. */
    public Uniform {
      require(low < high, "uniform numbers from %s to %s; expected the first below", low, high);
    }

    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      return i -> low + (high - low) * rng.uniform();
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      return i -> (low + high) / 2;
    }
  }

  /**
   * Independent {@code −ln(−ln u)}: the largest of logits with it added is a draw from their
   * softmax. Neutral: 0, the largest of the logits themselves.
   */
  record Gumbel() implements Distribution {
    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      return i -> rng.gumbel();
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      return i -> 0;
    }
  }

  /**
   * Independent integers, each as likely. Neutral: the smallest.
   *
   * @param low smallest
   * @param high one above the largest
   */
  record Integers(int low, int high) implements Distribution {
    /** Checks the bounds. */
    public Integers {
      require(low < high, "integers from %s to below %s; expected the first below", low, high);
    }

    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      return i -> low + rng.below((long) high - low);
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      return i -> low;
    }

    @Override
    public boolean integers() {
      return true;
    }
  }

  /**
   * Along the last axis the numbers from 0 on in an order of their own, each order as likely, rows
   * independent. Neutral: in order.
   */
  record Permutation() implements Distribution {
    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      int[] row = new int[length(shape)];
      return i -> {
        int place = i % row.length;
        if (place == 0) {
          rng.permute(row);
        }
        return row[place];
      };
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      int length = length(shape);
      return i -> i % length;
    }

    @Override
    public boolean integers() {
      return true;
    }

    private static int length(long... shape) {
      return Math.toIntExact(shape[shape.length - 1]);
    }
  }

  /**
   * Along the last axis different numbers from 0 on, in random order: each choice and each order of
   * it as likely, rows independent. Neutral: the first, in order.
   *
   * @param of how many numbers there are to choose from, at least as many as are chosen
   */
  record Choice(int of) implements Distribution {
    /** Checks that there is something to choose. */
    public Choice {
      require(of >= 1, "a choice of %s numbers; expected at least 1", of);
    }

    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      int chosen = chosen(shape);
      int[] all = new int[of];
      return i -> {
        int place = i % chosen;
        if (place == 0) {
          rng.permute(all);
        }
        return all[place];
      };
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      int chosen = chosen(shape);
      return i -> i % chosen;
    }

    @Override
    public boolean integers() {
      return true;
    }

    private int chosen(long... shape) {
      int chosen = Permutation.length(shape);
      require(chosen <= of, "%s different numbers of %s; expected at most as many", chosen, of);
      return chosen;
    }
  }

  /**
   * Along the last axis the frames of a sequence that are masked, ascending, as many in each row as
   * {@link SpanMask#masked} says, rows independent. Neutral: the first frames.
   *
   * @param frames how many a sequence has
   * @param mask how they are chosen
   */
  record Spans(int frames, SpanMask mask) implements Distribution {
    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      int masked = masked(shape);
      int[][] row = new int[1][];
      return i -> {
        if (i % masked == 0) {
          row[0] = mask.draw(frames, rng);
        }
        return row[0][i % masked];
      };
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      int masked = masked(shape);
      return i -> i % masked;
    }

    @Override
    public boolean integers() {
      return true;
    }

    private int masked(long... shape) {
      int masked = Permutation.length(shape);
      int own = mask.masked(frames);
      require(masked == own, "%s masked frames of %s; expected %s", masked, frames, own);
      return masked;
    }
  }

  /**
   * Of a shape [batch, T, K]: numbers of other rows of the same example among all batch·T rows,
   * each as likely, with replacement. Neutral: the next ones, and from the last on to the first.
   */
  record Others() implements Distribution {
    @Override
    public IntToDoubleFunction draw(Rng rng, long... shape) {
      return numbers(shape, k -> rng.below(shape[1] - 1));
    }

    @Override
    public IntToDoubleFunction neutral(long... shape) {
      return numbers(shape, k -> k % (shape[1] - 1));
    }

    /** The row that lies so many places and one behind the own one. */
    private static IntToDoubleFunction numbers(long[] shape, IntToLongFunction places) {
      require(
          shape.length == 3 && shape[1] >= 2,
          "other rows for a shape %s; expected [batch, T, K] with T at least 2",
          Arrays.toString(shape));
      return i -> {
        long own = i / shape[2];
        long first = own - own % shape[1];
        return first + (own - first + 1 + places.applyAsLong((int) (i % shape[2]))) % shape[1];
      };
    }

    @Override
    public boolean integers() {
      return true;
    }
  }

  private static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new InputException(String.format(Locale.ROOT, message, values));
    }
  }
}
