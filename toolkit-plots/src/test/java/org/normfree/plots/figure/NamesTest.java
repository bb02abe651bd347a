package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Summary;
import org.normfree.plots.archive.Group;

class NamesTest {
  private static final Summary PLAIN = new Summary("mine", List.of());

  @Test
  void methodsHaveTheirPapersNamesAndUnknownOnesTheirOwn() {
    assertThat(Names.method("sigma-reparam")).isEqualTo("σReparam");
    assertThat(Names.method("dyt-no-alpha")).isEqualTo("DyT without α");
    assertThat(Names.method("mine")).isEqualTo("mine");
  }

  @Test
  void labelsAreMethodsWhereTheseSuffice() {
    assertThat(
            labels(PLAIN, group("dyt", Map.of("lr", "0.1")), group("fixup", Map.of("lr", "0.2"))))
        .containsExactly("DyT", "Fixup");
  }

  @Test
  void labelsAddTheSettingsThatDifferInTheSummarysWords() {
    Summary summary =
        summary(
            Axis.chosen("lr", "learning rate"),
            Axis.variant("eps", "ε"),
            Axis.variant("alpha", "α").with(Map.of("none", "no α")));
    assertThat(
            labels(
                summary,
                group("dyt", Map.of("lr", "0.1", "eps", "1e-5", "alpha", "none")),
                group("dyt", Map.of("lr", "0.2", "eps", "0.0005", "alpha", "learned"))))
        .containsExactly("ε 10⁻⁵, no α", "ε 5 × 10⁻⁴, α learned");
  }

  @Test
  void whatFollowsFromTheMethodIsNotSaid() {
    assertThat(
            labels(
                PLAIN,
                group("dyt", Map.of("alpha", "learned", "squash", "tanh")),
                group("dyt", Map.of("alpha", "none", "squash", "tanh")),
                group("hardtanh", Map.of("alpha", "none", "squash", "hardtanh"))))
        .containsExactly("DyT, alpha learned", "DyT, alpha none", "hardtanh, alpha none");
  }

  private static Iterable<String> labels(Summary summary, Group... groups) {
    return Names.labels(summary, List.of(groups)).values();
  }

  private static Group group(String method, Map<String, String> setting) {
    return new Group(method, setting);
  }

  private static Summary summary(Axis... axes) {
    return new Summary(
        "mine", "", null, null, List.of(), null, List.of(axes), List.of(), List.of(), List.of());
  }
}
