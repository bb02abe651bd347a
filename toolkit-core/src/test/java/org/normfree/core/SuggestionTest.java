package org.normfree.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static final List<String> NAMES =
      List.of("digits", "cifar10", "mnist", "fashion-mnist", "folder");

  @ParameterizedTest
  @CsvSource({
    "digit, digits",
    "cifar-10, cifar10",
    "CIFAR, cifar10",
    "minst, mnist",
    "fashion_mnist, fashion-mnist",
    "fa, fashion-mnist"
  })
  void namesTheNearest(String given, String meant) {
    assertThat(Suggestion.forName(given, NAMES)).isEqualTo("did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({"imagenet", "''", "x"})
  void listsAllWhereNoneIsNear(String given) {
    assertThat(Suggestion.forName(given, NAMES))
        .isEqualTo("choose one of digits, cifar10, mnist, fashion-mnist, folder");
  }
}
