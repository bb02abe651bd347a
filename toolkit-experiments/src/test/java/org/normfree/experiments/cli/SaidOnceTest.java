package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.normfree.core.data.Sources;
import org.slf4j.LoggerFactory;

class SaidOnceTest {
  @Test
  void whatIsLeftOutOfADataSetIsSaidOnceAndTheRestAsOften() {
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    Logger sources = (Logger) LoggerFactory.getLogger(Sources.class);
    Logger other = (Logger) LoggerFactory.getLogger(SaidOnceTest.class);
    events.start();
    sources.addAppender(events);
    other.addAppender(events);
    try {
      for (int run = 0; run < 3; run++) {
        Sources.tell("pictures of this test", "3 files are left out");
        Sources.tell("other pictures of this test", "3 files are left out");
        other.warn("{}: {}", "a run", "3 files");
      }
    } finally {
      sources.detachAppender(events);
      other.detachAppender(events);
    }
    assertThat(events.list.stream().map(ILoggingEvent::getFormattedMessage))
        .containsExactly(
            "pictures of this test: 3 files are left out",
            "other pictures of this test: 3 files are left out",
            "a run: 3 files",
            "a run: 3 files",
            "a run: 3 files");
  }
}
