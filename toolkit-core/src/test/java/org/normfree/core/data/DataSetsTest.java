package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

class DataSetsTest {
  private static final Optional<Path> NO_PATH = Optional.empty();

  @Test
  void loadsTheDigitsWithoutAPath() {
    assertThat(DataSets.load("digits", NO_PATH, 0).test().count()).isEqualTo(300);
  }

  @ParameterizedTest
  @CsvSource({
    "cifar10, data_batch_1.bin",
    "mnist, train-images-idx3-ubyte",
    "fashion-mnist, train-images-idx3-ubyte",
    "folder, train/<class>/*.png"
  })
  void saysWhichFilesAPathMustHold(String name, String file) {
    assertThatThrownBy(() -> DataSets.load(name, NO_PATH, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data=" + name + " needs data.path")
        .hasMessageContaining(file);
  }

  @ParameterizedTest
  @CsvSource({
    "cifar10, holds no file like data_batch_1.bin",
    "mnist, holds no train-images-idx3-ubyte",
    "fashion-mnist, holds no train-images-idx3-ubyte",
    "folder, holds 0 class folders"
  })
  void reachesTheLoaderOfEachName(String name, String message, @TempDir Path empty) {
    assertThatThrownBy(() -> DataSets.load(name, Optional.of(empty), 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void suggestsTheNearestName() {
    assertThatThrownBy(() -> DataSets.load("cifar-10", NO_PATH, 0))
        .isInstanceOf(InputException.class)
        .hasMessage("unknown data 'cifar-10'; did you mean 'cifar10'?");
  }

  @Test
  void refusesKeysThatWouldDoNothing(@TempDir Path path) {
    assertThatThrownBy(() -> DataSets.load("digits", Optional.of(path), 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data=digits is built in");
    assertThatThrownBy(() -> DataSets.load("mnist", Optional.of(path), 32))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.size=32 applies to data=folder only");
  }
}
