package org.normfree.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;

class OutcomeTest {
  @Test
  void tooLittleMemoryIsToldWhateverWrapsIt() {
    OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    Throwable uninitialized =
        new NoClassDefFoundError("Could not initialize class org.nd4j.linalg.factory.Nd4j")
            .initCause(
                new ExceptionInInitializerError(
                    "Exception java.lang.OutOfMemoryError: Java heap space [in thread \"main\"]"));
    for (Throwable failure :
        List.of(
            full,
            new ExceptionInInitializerError(full),
            new IllegalStateException("a batch failed", new RuntimeException(full)),
            uninitialized)) {
      assertThat(Outcome.isOutOfMemory(failure)).isTrue();
      assertThat(Outcome.messageOf(failure)).contains("OutOfMemoryError", "Java heap space");
    }
    assertThat(Outcome.isOutOfMemory(new IllegalStateException("a bug"))).isFalse();
  }

  @Test
  void aWrapperThatSaysNothingGivesWayToItsCause() {
    assertThat(Outcome.messageOf(new ExceptionInInitializerError(new IllegalStateException("why"))))
        .isEqualTo("IllegalStateException: why");
    assertThat(Outcome.messageOf(new IllegalStateException("what", new RuntimeException("why"))))
        .isEqualTo("IllegalStateException: what");
    assertThat(Outcome.messageOf(new IllegalStateException("in\ntwo lines")))
        .isEqualTo("IllegalStateException: in two lines");
    assertThat(Outcome.messageOf(new InputException("a sentence"))).isEqualTo("a sentence");
  }
}
