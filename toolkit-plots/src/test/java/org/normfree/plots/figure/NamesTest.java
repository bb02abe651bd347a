package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.normfree.plots.archive.Group;

class NamesTest {
  @Test
  void methodsHaveTheirPapersNamesAndUnknownOnesTheirOwn() {
    assertThat(Names.method("sigma-reparam")).isEqualTo("σReparam");
    assertThat(Names.method("dyt-no-alpha")).isEqualTo("DyT without α");
    assertThat(Names.method("mine")).isEqualTo("mine");
  }

  @Test
  void labelsAreMethodsWhereTheseSuffice() {
    assertThat(labels(group("dyt", Map.of("lr", "0.1")), group("fixup", Map.of("lr", "0.2"))))
        .containsExactly("DyT", "Fixup");
  }

  @Test
  void labelsAddTheSettingsThatDiffer() {
    assertThat(
            labels(
                group("dyt", Map.of("lr", "0.1", "depth", "4")),
                group("dyt", Map.of("lr", "0.2", "depth", "4"))))
        .containsExactly("DyT, learning rate = 0.1", "DyT, learning rate = 0.2");
  }

  @Test
  void labelsOfTheAblationAreSquashAndAlpha() {
    assertThat(
            labels(
                group("dyt", Map.of("alpha", "learned", "squash", "tanh")),
                group("dyt", Map.of("alpha", "none", "squash", "tanh")),
                group("hardtanh", Map.of("alpha", "none", "squash", "hardtanh"))))
        .containsExactly("tanh, α learned", "tanh, no α", "hardtanh, no α");
  }

  private static Iterable<String> labels(Group... groups) {
    return Names.labels(List.of(groups)).values();
  }

  private static Group group(String method, Map<String, String> setting) {
    return new Group(method, setting);
  }
}
