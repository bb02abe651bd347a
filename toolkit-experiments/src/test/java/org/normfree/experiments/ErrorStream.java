package org.normfree.experiments;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** Takes the place of the standard error stream in tests. */
public final class ErrorStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Takes what is written while a test goes on. */
  public void during(Runnable test) {
    PrintStream real = System.err;
    System.setErr(new PrintStream(bytes, true, Charset.defaultCharset()));
    try {
      test.run();
    } finally {
      System.setErr(real);
    }
  }

  /** What was written so far. */
  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /** What was written so far, ends of lines as on Linux. */
  public String text() {
    return bytes.toString(Charset.defaultCharset()).replace(System.lineSeparator(), "\n");
  }
}
