package org.normfree.core.data.text;

/**
 * Turns text into token ids and back. Ids 0 … 4 are special in every tokenizer and never come out
 * of {@link #encode}, except {@link #UNK}; the others follow without a gap.
 *
 * <p>Text is what UTF-8 can hold: half a surrogate pair is taken as a question mark.
 */
public interface Tokenizer {
  /** Fills a row up to the length of its batch. */
  int PAD = 0;

  /** What a decoder reads before the first token. */
  int BOS = 1;

  /** Follows the last token of a sentence. */
  int EOS = 2;

  /** A symbol that the tokenizer does not know. */
  int UNK = 3;

  /** Stands for a token that a masked language model must guess. */
  int MASK = 4;

  /** The first id that is not special. */
  int SPECIALS = 5;

  /** The name by which {@link Tokenizers} knows this kind. */
  String name();

  /** How many ids there are; each is less than this. */
  int size();

  /**
   * @param text any text
   * @return its ids, without {@link #BOS} and {@link #EOS}
   */
  int[] encode(String text);

  /**
   * The text of some ids. Special ids stand for no text, {@link #UNK} for U+FFFD, and so do bytes
   * that are no UTF-8, which a model may well put side by side.
   *
   * @param ids ids, each at least 0 and less than {@link #size()}
   * @return their text
   * @throws IllegalArgumentException if an id is out of range
   */
  String decode(int[] ids);

  /**
   * This tokenizer as UTF-8 JSON, for {@link Tokenizers#load}. Write it with {@code AtomicFile}.
   */
  byte[] toJson();
}
