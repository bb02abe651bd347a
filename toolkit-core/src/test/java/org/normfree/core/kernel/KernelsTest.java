package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;

class KernelsTest {
  private static List<String> names(String choice) {
    return Kernels.load(choice).stream().map(Kernel::name).toList();
  }

  @Test
  void aChoiceIsHonoured() {
    assertThat(names("java")).containsExactly("java");
    assertThat(names("nd4j")).isEmpty();
    assertThat(names("auto")).endsWith("java");
  }

  @Test
  void oneDnnComesFirstWhereItLoads() {
    assumeTrue(names("auto").contains("onednn"), "oneDNN does not load here");
    assertThat(names("auto")).containsExactly("onednn", "java");
    assertThat(names("onednn")).containsExactly("onednn");
  }

  @Test
  void anUnknownChoiceIsRefused() {
    assertThatThrownBy(() -> Kernels.load("fast"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "normfree.kernels=fast, expected auto, onednn, java or nd4j; drop the property for"
                + " auto");
  }
}
