package org.normfree.plots.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LatexTextTest {
  /** Commands of the kernel that take what is shown, or nothing. */
  private static final Set<String> KNOWN =
      Set.of(
          "textbackslash textasciicircum textasciitilde textless textgreater textbar textasciigrave"
              .split(" ", -1));

  private static final Pattern COMMAND = Pattern.compile("\\\\(?:([A-Za-z]+)|([^A-Za-z]))");

  @Test
  void everySpecialCharacterIsEscaped() {
    assertThat(LatexText.of("\\ { } $ & # % _ ^ ~ < > | \" ` [x] *"))
        .isEqualTo(
            "\\textbackslash{} \\{ \\} \\$ \\& \\# \\% \\_ \\textasciicircum{} \\textasciitilde{}"
                + " \\textless{} \\textgreater{} \\textbar{} \\texttt{\\symbol{34}}"
                + " \\textasciigrave{} {[}x] {*}");
  }

  @Test
  void whatTheFieldWritesBecomesMathematics() {
    assertThat(LatexText.of("α₀ σ −1 ± 2 × R² a–b x/√n 10⁻⁷ ≤ ≠ †"))
        .isEqualTo(
            "\\ensuremath{\\alpha}\\ensuremath{_{0}} \\ensuremath{\\sigma} \\ensuremath{-}1"
                + " \\ensuremath{\\pm} 2 \\ensuremath{\\times} R\\ensuremath{^{2}} a--b"
                + " x/\\ensuremath{\\surd}n 10\\ensuremath{^{-}}\\ensuremath{^{7}}"
                + " \\ensuremath{\\leq} \\ensuremath{\\neq} \\ensuremath{\\dagger}");
  }

  @Test
  void accentsBecomeCommandsWhicheverWayTheyAreWritten() {
    assertThat(LatexText.of("é e\u0301 ï ñ Å x\u0302 ß"))
        .isEqualTo("\\'{e} \\'{e} \\\"{\\i} \\~{n} \\r{A} \\^{x} \\ss{}");
  }

  @Test
  void whatLatexHasNoCommandForIsShownByItsNumber() {
    assertThat(LatexText.of("中😀\u0007\u200Bж\u0301\uD800"))
        .isEqualTo("{[}U+4E2D]{[}U+1F600]{[}U+0007]{[}U+200B]{[}U+0436]{[}U+0301]{[}U+D800]");
  }

  @Test
  void signsDoNotMeltIntoOthers() {
    assertThat(LatexText.of("--- ''' ?‘")).isEqualTo("-{}-{}- '{}'{}' ?{}`");
  }

  @Test
  void anyTextBecomesAsciiWithBalancedBracesAndCommandsOfTheKernel() {
    SplittableRandom random = new SplittableRandom(20261128);
    Set<String> commands = new TreeSet<>();
    for (int i = 0; i < 20_000; i++) {
      String text = RandomText.of(random);
      String latex = LatexText.of(text);
      assertThat(latex.chars().allMatch(c -> c >= ' ' && c < 0x7F)).as("%s", latex).isTrue();
      int depth = 0;
      String unescaped = latex.replaceAll("\\\\[^A-Za-z]", "");
      for (int c : unescaped.chars().toArray()) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        assertThat(depth).as("%s", latex).isNotNegative();
      }
      assertThat(depth).as("%s", latex).isZero();
      // outside of mathematics, and of nothing but commands
      assertThat(unescaped.replaceAll("\\\\ensuremath\\{[_^]?\\{?[^}]*\\}?\\}", ""))
          .doesNotContain("$", "&", "#", "%", "_");
      Matcher matcher = COMMAND.matcher(latex);
      while (matcher.find()) {
        commands.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
      }
    }
    // a name that does not occur would make the test of the others say nothing
    assertThat(commands).containsAll(KNOWN).contains("ensuremath", "alpha", "texttt", "symbol");
    assertThat(commands).allMatch(LatexTextTest::isKernel);
  }

  /** The escaper's own list is what is tested, so this one is written down again. */
  private static boolean isKernel(String command) {
    return KNOWN.contains(command)
        || Set.of("ensuremath", "texttt", "symbol", "phantom", "ldots", "dagger", "ddagger", "circ")
            .contains(command)
        || Set.of("textbullet", "S", "copyright", "ss", "ae", "AE", "oe", "OE", "o", "O", "l", "L")
            .contains(command)
        || Set.of("i", "j", "u", "r", "H", "v", "d", "c", "b").contains(command)
        || Set.of("\\", "{", "}", "$", "&", "#", "%", "_", ",", "'", "`", "^", "~", "=", ".", "\"")
            .contains(command)
        || MATHEMATICS.contains(command);
  }

  private static final Set<String> MATHEMATICS =
      Set.of(
          ("alpha beta gamma delta varepsilon epsilon zeta eta theta vartheta iota kappa lambda mu nu"
                  + " xi pi rho sigma varsigma tau upsilon varphi phi chi psi omega Gamma Delta Theta"
                  + " Lambda Xi Pi Sigma Upsilon Phi Psi Omega pm times div cdot surd infty partial"
                  + " nabla sum prod leq geq neq approx equiv propto in sim rightarrow leftarrow"
                  + " leftrightarrow uparrow downarrow Rightarrow parallel odot oplus otimes ell neg")
              .split(" ", -1));
}
