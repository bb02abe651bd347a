package org.normfree.experiments.sweep;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * The last line of a terminal, which is drawn over while work goes on. What is written to the
 * standard error stream meanwhile comes to stand above it, and where the process ends it is taken
 * away.
 */
public final class LastLine {
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final PrintStream terminal;
  private final PrintStream before = System.err;
  private final PrintStream above;
  private final Thread end = new Thread(this::stop);
  private String drawn = "";
  private boolean midLine;
  private boolean stopped;

  /**
   * @param terminal where it is drawn
   */
  LastLine(PrintStream terminal) {
    this.terminal = terminal;
    above = new PrintStream(new Above(), true, charset());
    System.setErr(above);
    Runtime.getRuntime().addShutdownHook(end);
  }

  /**
   * Says to a person who is watching that settings or data are looked at, and nothing elsewhere;
   * {@linkplain HeldNotes what is written meanwhile} follows if they are good.
   *
   * @param words what goes on
   * @param look what goes on
   */
  public static void during(String words, Runnable look) {
    if (!Terminal.isInteractive()) {
      HeldNotes.during(look);
      return;
    }
    LastLine line = new LastLine(System.err);
    try {
      line.draw(words);
      HeldNotes.during(look);
    } finally {
      line.remove();
    }
  }

  /**
   * Says what goes on to who is not watching a terminal, in a line that stays: behind it a refusal
   * would be the second.
   *
   * @param words what goes on
   */
  public static void elsewhere(String words) {
    if (!Terminal.isInteractive()) {
      System.err.println(words);
    }
  }

  /**
   * Says what goes on to everybody: as {@link #during}, and {@link #elsewhere}.
   *
   * @param words what goes on
   * @param body what goes on, of which nothing is refused
   */
  public static void told(String words, Runnable body) {
    elsewhere(words);
    during(words, body);
  }

  synchronized void draw(String line) {
    drawn = line;
    redraw();
  }

  /** Writes a line that stays. */
  void note(String line) {
    above.println(line);
  }

  /** Leaves what is drawn, and goes to the next line. */
  void leave() {
    synchronized (this) {
      stopped = true;
      terminal.println();
    }
    giveBack();
  }

  /** Takes away what is drawn. */
  void remove() {
    stop();
    giveBack();
  }

  private void giveBack() {
    if (System.err == above) {
      System.setErr(before);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // the process ends
    }
  }

  /** Nothing is to be left behind, or drawn over last words. */
  private synchronized void stop() {
    if (!stopped && !midLine) {
      terminal.print(CLEAR_LINE);
      terminal.flush();
    }
    stopped = true;
  }

  private void redraw() {
    if (!stopped && !midLine) {
      terminal.print(CLEAR_LINE + drawn);
      terminal.flush();
    }
  }

  /** The encoding of the error stream, which Java tells by one name or another. */
  static Charset charset() {
    String name =
        System.getProperty("stderr.encoding", System.getProperty("sun.stderr.encoding", ""));
    return name.isEmpty() ? Charset.defaultCharset() : Charset.forName(name);
  }

  /** Takes the line away for what is written, and draws it again below. */
  private final class Above extends OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      synchronized (LastLine.this) {
        if (length == 0) {
          return;
        }
        if (!stopped && !midLine) {
          terminal.print(CLEAR_LINE);
        }
        terminal.write(bytes, offset, length);
        terminal.flush();
        midLine = bytes[offset + length - 1] != '\n';
        redraw();
      }
    }
  }
}
