package org.normfree.core.data.dna;

import java.util.List;

/**
 * The tokens of DNA, a token a base: {@code [CLS]} 0, {@code [SEP]} 1, {@code [BOS]} 2, {@code
 * [MASK]} 3, {@code [PAD]} 4, {@code [RESERVED]} 5, {@code [UNK]} 6, A 7, C 8, G 9, T 10, N 11, and
 * 4 numbers that nothing has, so that there are {@value #VOCABULARY}. Lower case is read as upper
 * case, U as T, and the other codes of IUPAC (R, Y, S, W, K, M, B, D, H, V), which stand for one of
 * several bases, as N. Source: the tokenizer of HyenaDNA and Caduceus.
 */
public final class Nucleotides {
  /** Stands where a base is to be guessed. */
  public static final int MASK = 3;

  /** Fills what is too short; never a target. */
  public static final int PAD = 4;

  /** The first base; C, G and T follow. */
  public static final int A = 7;

  /** The last base. */
  public static final int T = 10;

  /** An unknown base. */
  public static final int N = 11;

  /** How many tokens there are. */
  public static final int TOKENS = 12;

  /** Rows of an embedding: the tokens, padded to a multiple of 8. */
  public static final int VOCABULARY = 16;

  private static final String CODES = "RYSWKMBDHV";
  private static final List<Integer> COMPLEMENT =
      List.of(0, 1, 2, 3, 4, 5, 6, 10, 9, 8, 7, 11, 12, 13, 14, 15);

  private Nucleotides() {}

  /** The token that pairs with each: A with T, C with G, every other with itself. */
  public static List<Integer> complement() {
    return COMPLEMENT;
  }

  /**
   * @param letter of a sequence
   * @return its token, or −1 if it is no nucleotide's letter
   */
  static byte token(int letter) {
    int upper = letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter;
    return switch (upper) {
      case 'A' -> A;
      case 'C' -> A + 1;
      case 'G' -> A + 2;
      case 'T', 'U' -> T;
      case 'N' -> N;
      default -> (byte) (CODES.indexOf(upper) >= 0 ? N : -1);
    };
  }

  /** The letter of a base's token; a dot for any other token. */
  static char letter(int token) {
    return token >= A && token <= N ? "ACGTN".charAt(token - A) : '.';
  }

  /** Whether a token is one of A, C, G and T. */
  static boolean isBase(int token) {
    return token >= A && token <= T;
  }

  /** The same sequence as the other strand has it. */
  public static byte[] reverseComplement(byte[] sequence) {
    byte[] other = new byte[sequence.length];
    for (int i = 0; i < other.length; i++) {
      other[i] = COMPLEMENT.get(sequence[sequence.length - 1 - i]).byteValue();
    }
    return other;
  }
}
