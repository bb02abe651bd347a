package org.normfree.plots.table;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Plain text as LaTeX that every engine sets, with any font and without a package: ASCII and the
 * commands of the kernel. Letters with accents become accent commands, Greek letters mathematics; a
 * character that LaTeX has no command for is shown by its number, as {@code [U+4E2D]}, so that a
 * reader sees that something stands there and which.
 */
public final class LatexText {
  /** Characters and the commands of mathematics for them. */
  private static final String MATHEMATICS =
      "α alpha β beta γ gamma δ delta ε varepsilon ϵ epsilon ζ zeta η eta θ theta ϑ vartheta ι iota"
          + " κ kappa λ lambda μ mu µ mu ν nu ξ xi π pi ρ rho σ sigma ς varsigma τ tau υ upsilon"
          + " φ varphi ϕ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma"
          + " Υ Upsilon Φ Phi Ψ Psi Ω Omega ± pm × times ÷ div · cdot √ surd ∞ infty ∂ partial"
          + " ∇ nabla ∑ sum ∏ prod ≤ leq ≥ geq ≠ neq ≈ approx ≡ equiv ∝ propto ∈ in ∼ sim"
          + " → rightarrow ← leftarrow ↔ leftrightarrow ↑ uparrow ↓ downarrow ⇒ Rightarrow ∥ parallel"
          + " ⊙ odot ⊕ oplus ⊗ otimes ∘ circ ℓ ell ¬ neg";

  /** Capitals that look like Latin ones have no command. */
  private static final String LATIN_GREEK = "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOοoΡPΤTΧX";

  private static final String RAISED = "⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁺+⁻-ⁿn";
  private static final String LOWERED = "₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋-ᵢi";

  private static final Map<Integer, String> COMMANDS = commands();

  private static final Map<Integer, String> ACCENTS =
      Map.ofEntries(
          Map.entry(0x300, "\\`"),
          Map.entry(0x301, "\\'"),
          Map.entry(0x302, "\\^"),
          Map.entry(0x303, "\\~"),
          Map.entry(0x304, "\\="),
          Map.entry(0x306, "\\u"),
          Map.entry(0x307, "\\."),
          Map.entry(0x308, "\\\""),
          Map.entry(0x30A, "\\r"),
          Map.entry(0x30B, "\\H"),
          Map.entry(0x30C, "\\v"),
          Map.entry(0x323, "\\d"),
          Map.entry(0x327, "\\c"),
          Map.entry(0x331, "\\b"));

  private LatexText() {}

  /**
   * @param text plain text
   * @return the same for LaTeX, outside of mathematics
   */
  public static String of(String text) {
    int[] points = Normalizer.normalize(text, Normalizer.Form.NFC).codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < points.length; i++) {
      int end = i + 1;
      while (end < points.length && ACCENTS.containsKey(points[end])) {
        end++;
      }
      String piece = accented(new String(points, i, end - i));
      if (piece.isEmpty()) {
        piece = piece(points[i]);
      } else {
        i = end - 1;
      }
      // some signs would melt into one with what stands before them
      out.append(endsWithAny(out, "-'`,?!") && startsWithAny(piece, "-'`") ? "{}" : "");
      out.append(piece);
    }
    return out.toString();
  }

  private static boolean endsWithAny(CharSequence text, String signs) {
    return text.length() > 0 && signs.indexOf(text.charAt(text.length() - 1)) >= 0;
  }

  private static boolean startsWithAny(String text, String signs) {
    return !text.isEmpty() && signs.indexOf(text.charAt(0)) >= 0;
  }

  /** A Latin letter below its accents; empty if it is something else. */
  private static String accented(String letter) {
    int[] points = Normalizer.normalize(letter, Normalizer.Form.NFD).codePoints().toArray();
    if (points.length < 2 || !isLatinLetter(points[0])) {
      return "";
    }
    // an accent stands above a letter without its own dot
    String piece =
        switch (points[0]) {
          case 'i' -> "\\i";
          case 'j' -> "\\j";
          default -> Character.toString(points[0]);
        };
    for (int i = 1; i < points.length; i++) {
      if (!ACCENTS.containsKey(points[i])) {
        return "";
      }
      piece = ACCENTS.get(points[i]) + "{" + piece + "}";
    }
    return piece;
  }

  private static String piece(int c) {
    String command = COMMANDS.get(c);
    if (command != null) {
      return command;
    }
    return c >= ' ' && c < 0x7F
        ? Character.toString(c)
        : String.format(Locale.ROOT, "{[}U+%04X]", c);
  }

  private static boolean isLatinLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static Map<Integer, String> commands() {
    Map<Integer, String> commands = new HashMap<>();
    commands.put((int) '\\', "\\textbackslash{}");
    commands.put((int) '{', "\\{");
    commands.put((int) '}', "\\}");
    commands.put((int) '$', "\\$");
    commands.put((int) '&', "\\&");
    commands.put((int) '#', "\\#");
    commands.put((int) '%', "\\%");
    commands.put((int) '_', "\\_");
    commands.put((int) '^', "\\textasciicircum{}");
    commands.put((int) '~', "\\textasciitilde{}");
    commands.put((int) '<', "\\textless{}");
    commands.put((int) '>', "\\textgreater{}");
    commands.put((int) '|', "\\textbar{}");
    commands.put((int) '`', "\\textasciigrave{}");
    // \textquotedbl is not in the encoding that LaTeX starts with
    commands.put((int) '"', "\\texttt{\\symbol{34}}");
    // after the end of a row these two would be its arguments
    commands.put((int) '[', "{[}");
    commands.put((int) '*', "{*}");
    commands.put((int) '\t', " ");
    commands.put((int) '\n', " ");
    commands.put((int) '\r', " ");
    commands.put(0xA0, "~");
    commands.put(0x2007, "\\phantom{0}");
    commands.put(0x2009, "\\,");
    commands.put(0x202F, "\\,");
    commands.put(0x2010, "-");
    commands.put(0x2011, "-");
    commands.put((int) '–', "--");
    commands.put((int) '—', "---");
    commands.put((int) '−', "\\ensuremath{-}");
    commands.put((int) '‘', "`");
    commands.put((int) '’', "'");
    commands.put((int) '“', "``");
    commands.put((int) '”', "''");
    commands.put((int) '„', ",{},");
    commands.put((int) '…', "\\ldots{}");
    commands.put((int) '†', "\\ensuremath{\\dagger}");
    commands.put((int) '‡', "\\ensuremath{\\ddagger}");
    commands.put((int) '•', "\\textbullet{}");
    commands.put((int) '§', "\\S{}");
    commands.put((int) '©', "\\copyright{}");
    commands.put((int) '°', "\\ensuremath{^{\\circ}}");
    commands.put((int) 'ß', "\\ss{}");
    commands.put((int) 'æ', "\\ae{}");
    commands.put((int) 'Æ', "\\AE{}");
    commands.put((int) 'œ', "\\oe{}");
    commands.put((int) 'Œ', "\\OE{}");
    commands.put((int) 'ø', "\\o{}");
    commands.put((int) 'Ø', "\\O{}");
    commands.put((int) 'ł', "\\l{}");
    commands.put((int) 'Ł', "\\L{}");
    commands.put((int) 'ı', "\\i{}");
    String[] words = MATHEMATICS.split(" ", -1);
    for (int i = 0; i < words.length; i += 2) {
      commands.put(words[i].codePointAt(0), "\\ensuremath{\\%s}".formatted(words[i + 1]));
    }
    pairs(commands, LATIN_GREEK, "%s");
    pairs(commands, RAISED, "\\ensuremath{^{%s}}");
    pairs(commands, LOWERED, "\\ensuremath{_{%s}}");
    return Map.copyOf(commands);
  }

  private static void pairs(Map<Integer, String> commands, String pairs, String format) {
    for (int i = 0; i < pairs.length(); i += 2) {
      commands.put((int) pairs.charAt(i), format.formatted(pairs.charAt(i + 1)));
    }
  }
}
