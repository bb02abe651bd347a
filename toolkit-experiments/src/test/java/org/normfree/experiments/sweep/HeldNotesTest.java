package org.normfree.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.experiments.ErrorStream;

class HeldNotesTest {
  private final ErrorStream errors = new ErrorStream();

  private void withErrors(Runnable test) {
    errors.during(
        () -> {
          PrintStream before = System.err;
          test.run();
          assertThat(System.err).isSameAs(before);
        });
  }

  @Test
  void notesFollowWhenAllIsGood() {
    withErrors(
        () -> {
          int found =
              HeldNotes.during(
                  () -> {
                    System.err.println("2 files are left out");
                    System.err.print("half a line");
                    assertThat(errors.text()).isEmpty();
                    return 7;
                  });
          assertThat(found).isEqualTo(7);
        });
    assertThat(errors.text()).isEqualTo("2 files are left out\nhalf a line");
  }

  @Test
  void nothingFollowsARefusal() {
    withErrors(
        () ->
            assertThatThrownBy(
                    () ->
                        HeldNotes.during(
                            () -> {
                              System.err.println("2 files are left out");
                              throw new InputException("too few files");
                            }))
                .isInstanceOf(InputException.class));
    assertThat(errors.text()).isEmpty();
  }

  @Test
  void bytesStayAsTheyAre() {
    byte[] bytesOfAnyEncoding = {(byte) 0xe4, (byte) 0xff, 0, 'x'};
    withErrors(
        () ->
            HeldNotes.during(
                () -> System.err.write(bytesOfAnyEncoding, 0, bytesOfAnyEncoding.length)));
    assertThat(errors.bytes()).isEqualTo(bytesOfAnyEncoding);
  }

  @Test
  void aFaultHidesNothing() {
    withErrors(
        () ->
            assertThatThrownBy(
                    () ->
                        HeldNotes.during(
                            () -> {
                              System.err.println("2 files are left out");
                              throw new IllegalStateException("a fault");
                            }))
                .isInstanceOf(IllegalStateException.class));
    assertThat(errors.text()).isEqualTo("2 files are left out\n");
  }
}
