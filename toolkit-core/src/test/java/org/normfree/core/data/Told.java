package org.normfree.core.data;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What loaders say is left out, while it is open. */
public final class Told implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger(Sources.class);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  /** Listens from now on. */
  public Told() {
    events.start();
    logger.addAppender(events);
  }

  /** A line each. */
  public List<String> lines() {
    return events.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
  }
}
