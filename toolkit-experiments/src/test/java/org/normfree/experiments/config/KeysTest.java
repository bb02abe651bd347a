package org.normfree.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

class KeysTest {
  private static List<Key<?>> all() throws IllegalAccessException {
    List<Key<?>> keys = new ArrayList<>();
    for (Field field : Keys.class.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers())) {
        keys.add((Key<?>) field.get(null));
      }
    }
    return keys;
  }

  private static <T> void takesItsDefault(Key<T> key) {
    assertThat(key.parse(key.text(key.defaultValue())))
        .as(key.name())
        .isEqualTo(key.defaultValue());
  }

  @Test
  void everyKeyTakesItsDefaultAndIsDocumentedInOneLine() throws IllegalAccessException {
    List<Key<?>> keys = all();
    assertThat(keys).hasSizeGreaterThan(30);
    keys.forEach(KeysTest::takesItsDefault);
    assertThat(keys).allSatisfy(key -> assertThat(key.doc()).isNotBlank().doesNotContain("\n"));
    assertThat(keys).extracting(Key::name).doesNotHaveDuplicates();
  }

  @Test
  void theNamesThatUsersKnowAreThere() throws IllegalAccessException {
    assertThat(all())
        .extracting(Key::name)
        .contains(
            "model method data data.path seed seeds epochs steps batch lr width depth heads executor threads"
                .split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "model=resnet-21, 'model=resnet-21: did you mean ''resnet-20''?'",
    "dims=8;16, 'dims=8;16: expected integers >= 1 separated by commas, or nothing'",
    "method=dyd, 'method=dyd: did you mean ''dyt''?'",
    "method=fixups, 'method=fixups: did you mean ''fixup''?'",
    "data=cifar, 'data=cifar: did you mean ''cifar10''?'",
    "alpha0=NaN, alpha0=NaN: expected a number > 0",
    "depth=-4, 'depth=-4: expected an integer in [1, 10000]'",
    "optimizer=lion, 'optimizer=lion: choose one of adamw, sgd, lamb, muon'"
  })
  void aValueThatDoesNotExistIsToldWithARemedy(String assignment, String message)
      throws IllegalAccessException {
    assertThatThrownBy(
            () -> Config.resolve("train", all(), Optional.empty(), Arrays.asList(assignment)))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }
}
