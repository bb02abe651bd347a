package org.normfree.experiments.sweep;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;

/** Whether a person is watching the standard error stream. */
final class Terminal {
  /**
   * Set by the launcher, which can ask the operating system; Java only knows about both streams.
   */
  static final String PROPERTY = "toolkit.terminal";

  private Terminal() {}

  static boolean isInteractive() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    String told = System.getProperty(PROPERTY);
    return told == null ? consoleIsTerminal() : Boolean.parseBoolean(told);
  }

  @SuppressWarnings("SystemConsoleNull") // it is null up to JDK 21
  private static boolean consoleIsTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // since JDK 22 there is a console without a terminal, and a method that tells
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
