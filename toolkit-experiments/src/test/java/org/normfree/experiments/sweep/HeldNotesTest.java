package org.normfree.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;

class HeldNotesTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** What the error stream has got, ends of lines as on Linux. */
  private String said() {
    return bytes.toString(Charset.defaultCharset()).replace(System.lineSeparator(), "\n");
  }

  private void withErrors(Runnable test) {
    PrintStream real = System.err;
    PrintStream mine = new PrintStream(bytes, true, Charset.defaultCharset());
    System.setErr(mine);
    try {
      test.run();
      assertThat(System.err).isSameAs(mine);
    } finally {
      System.setErr(real);
    }
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
                    assertThat(said()).isEmpty();
                    return 7;
                  });
          assertThat(found).isEqualTo(7);
        });
    assertThat(said()).isEqualTo("2 files are left out\nhalf a line");
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
    assertThat(said()).isEmpty();
  }

  @Test
  void bytesStayAsTheyAre() {
    byte[] bytesOfAnyEncoding = {(byte) 0xe4, (byte) 0xff, 0, 'x'};
    withErrors(
        () ->
            HeldNotes.during(
                () -> System.err.write(bytesOfAnyEncoding, 0, bytesOfAnyEncoding.length)));
    assertThat(bytes.toByteArray()).isEqualTo(bytesOfAnyEncoding);
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
    assertThat(said()).isEqualTo("2 files are left out\n");
  }
}
