package org.normfree.core.data.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.normfree.core.InputException;

/** A token a Unicode code point of the training texts, in the order of their numbers. */
public final class CharacterTokenizer implements Tokenizer {
  static final String NAME = "character";
  static final String SYMBOLS = "symbols";

  /** Ascending. */
  private final int[] symbols;

  private CharacterTokenizer(int[] symbols) {
    this.symbols = symbols;
  }

  /**
   * @param texts the training texts
   * @return a tokenizer that knows the symbols in them
   * @throws InputException if there are none
   */
  public static CharacterTokenizer train(Iterable<String> texts) {
    IntStream.Builder all = IntStream.builder();
    for (String text : texts) {
      wellFormed(text).codePoints().distinct().forEach(all);
    }
    int[] symbols = all.build().sorted().distinct().toArray();
    if (symbols.length == 0) {
      throw new InputException(
          "there is no text to take the symbols of; give texts that are not empty");
    }
    return new CharacterTokenizer(symbols);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int size() {
    return SPECIALS + symbols.length;
  }

  @Override
  public int[] encode(String text) {
    return wellFormed(text)
        .codePoints()
        .map(
            symbol -> {
              int place = Arrays.binarySearch(symbols, symbol);
              return place < 0 ? UNK : SPECIALS + place;
            })
        .toArray();
  }

  @Override
  public String decode(int[] ids) {
    StringBuilder text = new StringBuilder(ids.length);
    for (int id : ids) {
      Tokenizers.requireId(id, size());
      if (id >= SPECIALS) {
        text.appendCodePoint(symbols[id - SPECIALS]);
      } else if (id == UNK) {
        text.append(Tokenizers.UNKNOWN);
      }
    }
    return text.toString();
  }

  @Override
  public byte[] toJson() {
    return Tokenizers.json(
        Map.of(Tokenizers.KIND, NAME, SYMBOLS, new String(symbols, 0, symbols.length)));
  }

  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
