package org.normfree.core.nn;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.normfree.core.InputException;

/**
 * Masking of spans of a sequence: at {@code probability·frames/length} random places, all
 * different, begins a span of {@code length} frames; spans overlap. No span begins in the last
 * {@code length} frames and one, so that in a long sequence the last frame is never masked. Source:
 * arXiv 2006.11477, appendix A, and {@code compute_mask_indices} of facebookresearch/fairseq.
 *
 * @param probability share of the frames that spans would cover if they did not overlap, above 0;
 *     0.65 there
 * @param length frames of a span, at least 1; 10 there
 * @param least spans of a sequence at least, at least 1; 2 there
 */
public record SpanMask(double probability, int length, int least) {
  /**
   * @throws InputException if a number is out of range
   */
  public SpanMask {
    require(
        probability > 0 && probability < length,
        "mask.share=%s, expected a number above 0 and below the length of a span, %s",
        probability,
        length);
    require(length >= 1, "mask.length=%s, expected at least 1 frame", length);
    require(least >= 1, "%s spans of a sequence, expected at least 1", least);
  }

  /** Where the random choices of a {@link #batch} come from. */
  public interface Draws {
    /** A uniform number in [0, 1). */
    double uniform();

    /** So many different numbers from 0 to below a bound. */
    int[] different(int below, int count);

    /** So many of these. */
    int[] some(int[] of, int count);
  }

  /**
   * Spans of a sequence.
   *
   * @param frames its frames
   * @param uniform in [0, 1), rounds the number at random; 0 rounds down
   */
  public int spans(int frames, double uniform) {
    return Math.max(least, (int) (probability * frames / length + uniform));
  }

  /** Spans begin at a frame from 0 to below this. */
  public int startsBelow(int frames, int spans) {
    return frames - length > spans ? frames - length : spans + 1;
  }

  /**
   * The frames that spans cover, ascending, none beyond the end.
   *
   * @param frames frames of the sequence
   * @param starts where the spans begin
   */
  public int[] covered(int frames, int... starts) {
    boolean[] masked = new boolean[frames];
    for (int start : starts) {
      for (int i = start; i < Math.min(frames, start + length); i++) {
        masked[i] = true;
      }
    }
    return IntStream.range(0, frames).filter(i -> masked[i]).toArray();
  }

  /**
   * Masks of a batch the published way: the number of spans is rounded at random in every row, then
   * rows lose single frames until all have as many as the one with the fewest.
   *
   * @param frames frames of all rows
   * @param padding frames at the end of each row that are none
   * @param draws random choices: of every row a uniform number and the starts, then of every row
   *     that has too many the frames that stay
   * @return masked frames of each row, ascending
   * @throws InputException if spans cover a whole row
   */
  public int[][] batch(int frames, int[] padding, Draws draws) {
    int[][] masked = new int[padding.length][];
    for (int row = 0; row < masked.length; row++) {
      int own = frames - padding[row];
      int spans = spans(own, draws.uniform());
      masked[row] = covered(own, draws.different(startsBelow(own, spans), spans));
      require(
          masked[row].length < own,
          "spans of %s frames mask all of a sequence of %s; shorten mask.length or lower mask.share",
          length,
          own);
    }
    int fewest = Arrays.stream(masked).mapToInt(row -> row.length).min().orElse(0);
    for (int row = 0; row < masked.length; row++) {
      if (masked[row].length > fewest) {
        masked[row] = draws.some(masked[row], fewest);
        Arrays.sort(masked[row]);
      }
    }
    return masked;
  }

  /**
   * A fixed number of masked frames, the same in every row and every batch: the rounded mean of how
   * many {@code spans(frames, 0)} spans cover.
   *
   * @param frames frames of the sequence
   */
  public int masked(int frames) {
    int spans = spans(frames, 0);
    int below = startsBelow(frames, spans);
    double mean = 0;
    for (int frame = 0; frame < frames; frame++) {
      int reach = Math.min(frame, below - 1) - Math.max(0, frame - length + 1) + 1;
      double missed = reach > 0 ? 1 : 0;
      for (int span = 0; span < spans && missed > 0; span++) {
        missed *= Math.max(0, (double) (below - reach - span) / (below - span));
      }
      mean += reach > 0 ? 1 - missed : 0;
    }
    return (int) Math.round(mean);
  }

  /**
   * Draws a row with {@link #masked} frames: spans are added until there are as many or more, then
   * single frames are taken back.
   *
   * @param frames frames of the sequence
   * @param rng where the numbers come from
   * @return masked frames, ascending
   */
  public int[] draw(int frames, Rng rng) {
    int wanted = masked(frames);
    int[] starts = new int[startsBelow(frames, spans(frames, 0))];
    rng.permute(starts);
    boolean[] masked = new boolean[frames];
    int count = 0;
    for (int next = 0; count < wanted; next++) {
      for (int i = starts[next]; i < Math.min(frames, starts[next] + length); i++) {
        count += masked[i] ? 0 : 1;
        masked[i] = true;
      }
    }
    int[] all = IntStream.range(0, frames).filter(i -> masked[i]).toArray();
    int[] order = new int[all.length];
    rng.permute(order);
    return Arrays.stream(order).limit(wanted).map(i -> all[i]).sorted().toArray();
  }

  private static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new InputException(String.format(Locale.ROOT, message, values));
    }
  }
}
