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

  @Test
  void differencesHaveAUnit() {
    assertThat(Names.differenceUnit("test_loss")).isEqualTo("nats");
    assertThat(Names.differenceUnit("test_accuracy")).isEqualTo("percentage points");
    assertThat(Names.differenceUnit("test_bleu")).isEqualTo("test BLEU");
  }

  @Test
  void flagsAreSaidInWords() {
    assertThat(Names.setting("alpha0.table", "true")).isEqualTo("α₀ by width");
    assertThat(Names.setting("embedding.scale", "false")).isEqualTo("no embedding factor");
    assertThat(Names.setting("alpha0.attention", "0.8")).isEqualTo("α₀ of attention = 0.8");
  }
}
