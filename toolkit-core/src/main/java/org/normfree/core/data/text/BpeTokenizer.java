package org.normfree.core.data.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.normfree.core.InputException;

/**
 * Byte-pair encoding over the bytes of UTF-8 (Sennrich et al., arXiv 1508.07909; on bytes as in
 * GPT-2), so that nothing is unknown and every text comes back as it was.
 *
 * <p>Text is first cut into pieces that no token crosses: letters, digits or other signs, each with
 * a space before them, and what white space is left. Ids after the special ones are the 256 bytes,
 * then the merges in the order they were learned.
 */
public final class BpeTokenizer implements Tokenizer {
  static final String NAME = "bpe";
  static final String MERGES = "merges";

  /** Ids before the first merge: the smallest vocabulary. */
  public static final int SMALLEST = SPECIALS + 256;

  private static final Pattern PIECE =
      Pattern.compile(" ?[\\p{L}\\p{M}]+| ?\\p{N}+| ?[^\\s\\p{L}\\p{M}\\p{N}]+|\\s+(?!\\S)|\\s+");

  private final List<int[]> merges;

  /** The id that two ids become, by {@link #pair}. */
  private final Map<Long, Integer> merged = new HashMap<>();

  private final byte[][] bytes;

  /** Takes pairs of ids, each of an id that is there before the pair. */
  BpeTokenizer(List<int[]> merges) {
    this.merges = merges;
    bytes = new byte[SMALLEST + merges.size()][];
    Arrays.fill(bytes, 0, SPECIALS, new byte[0]);
    bytes[UNK] = Tokenizers.UNKNOWN_BYTES;
    for (int b = 0; b < 256; b++) {
      bytes[SPECIALS + b] = new byte[] {(byte) b};
    }
    for (int i = 0; i < merges.size(); i++) {
      int[] merge = merges.get(i);
      merged.put(pair(merge[0], merge[1]), SMALLEST + i);
      byte[] left = bytes[merge[0]];
      byte[] right = bytes[merge[1]];
      byte[] both = Arrays.copyOf(left, left.length + right.length);
      System.arraycopy(right, 0, both, left.length, right.length);
      bytes[SMALLEST + i] = both;
    }
  }

  /**
   * Learns merges: the pair of neighbours that is most frequent becomes a token, again and again;
   * of equally frequent pairs the one with the smaller left id, then the smaller right id. It ends
   * early when no pair occurs twice.
   *
   * @param texts the training texts
   * @param size wanted number of ids, at least {@link #SMALLEST}
   * @return the tokenizer; its {@link #size()} is smaller than wanted if the texts gave no more
   * @throws InputException if the size is too small or there is no text
   */
  public static BpeTokenizer train(Iterable<String> texts, int size) {
    if (size < SMALLEST) {
      throw new InputException(
          "vocabulary=%s is too small for tokenizer=bpe, expected at least %s (%s special ids and the"
                  .formatted(size, SMALLEST, SPECIALS)
              + " 256 bytes)");
    }
    Map<String, Integer> counts = new HashMap<>();
    for (String text : texts) {
      Matcher pieces = PIECE.matcher(text);
      while (pieces.find()) {
        counts.merge(pieces.group(), 1, Integer::sum);
      }
    }
    if (counts.isEmpty()) {
      throw new InputException("there is no text to learn merges from; give texts with content");
    }
    BpeMerges learner = new BpeMerges();
    counts.forEach((piece, count) -> learner.add(bytes(piece), count));
    return new BpeTokenizer(learner.learn(size - SMALLEST, SMALLEST));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int size() {
    return bytes.length;
  }

  @Override
  public int[] encode(String text) {
    // words repeat; the shortest of texts pays little for it
    Map<String, int[]> known = new HashMap<>();
    List<int[]> pieces = new ArrayList<>();
    int length = 0;
    Matcher matcher = PIECE.matcher(text);
    while (matcher.find()) {
      int[] ids = known.computeIfAbsent(matcher.group(), piece -> merge(bytes(piece)));
      pieces.add(ids);
      length += ids.length;
    }
    int[] all = new int[length];
    int at = 0;
    for (int[] ids : pieces) {
      System.arraycopy(ids, 0, all, at, ids.length);
      at += ids.length;
    }
    return all;
  }

  /** Joins the pair that was learned first, wherever it stands, until no learned pair is left. */
  private int[] merge(int[] ids) {
    int length = ids.length;
    while (true) {
      int first = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < length; i++) {
        first = Math.min(first, merged.getOrDefault(pair(ids[i], ids[i + 1]), first));
      }
      if (first == Integer.MAX_VALUE) {
        return Arrays.copyOf(ids, length);
      }
      int[] pair = merges.get(first - SMALLEST);
      length = BpeMerges.join(ids, length, pair[0], pair[1], first);
    }
  }

  @Override
  public String decode(int[] ids) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(2 * ids.length);
    for (int id : ids) {
      Tokenizers.requireId(id, size());
      text.writeBytes(bytes[id]);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] toJson() {
    return Tokenizers.json(Map.of(Tokenizers.KIND, NAME, MERGES, merges));
  }

  static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  private static int[] bytes(String piece) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = SPECIALS + (bytes[i] & 0xff);
    }
    return ids;
  }
}
