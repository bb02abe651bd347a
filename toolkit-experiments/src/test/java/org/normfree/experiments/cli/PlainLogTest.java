package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.normfree.experiments.ErrorStream;

class PlainLogTest {
  private final LoggerContext context = new LoggerContext();

  @BeforeEach
  void completeTheContext() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  private static String said(Runnable task) {
    ErrorStream errors = new ErrorStream();
    errors.during(task);
    return errors.text();
  }

  @Test
  @ResourceLock(Resources.SYSTEM_ERR)
  void linesArePlainAndOthersInformationIsLeftOut() {
    new PlainLog().configure(context);
    String said =
        said(
            () -> {
              context.getLogger("org.normfree.any").info("{} of {} runs", 1, 2);
              context.getLogger("org.normfree.any").debug("a detail");
              context.getLogger("some.library").info("loaded");
              context.getLogger("some.library").warn("is old");
              context.getLogger("org.nd4j.any").warn("versions");
            });
    assertThat(said).isEqualTo("1 of 2 runs\nis old\n");
  }

  @Test
  @ResourceLock(Resources.SYSTEM_ERR)
  void aFailureIsToldWithItsStackTrace() {
    new PlainLog().configure(context);
    String said =
        said(() -> context.getLogger("a").warn("it failed", new IllegalStateException("why")));
    assertThat(said)
        .startsWith("it failed\njava.lang.IllegalStateException: why\n\tat ")
        .contains(PlainLogTest.class.getName());
  }

  @Test
  @ResourceLock(Resources.SYSTEM_PROPERTIES)
  void aFileOfTheUsersTakesItsPlace() {
    System.setProperty("logback.configurationFile", "mine.xml");
    try {
      assertThat(new PlainLog().configure(context)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
      assertThat(context.getLogger("ROOT").iteratorForAppenders().hasNext()).isFalse();
    } finally {
      System.clearProperty("logback.configurationFile");
    }
  }
}
