package org.normfree.experiments.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.normfree.core.data.Sources;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Lets what is said of a data set through once: each run of a sweep reads the same one. Named in
 * {@code logback.xml}.
 */
public final class SaidOnce extends TurboFilter {
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  @Override
  public FilterReply decide(
      Marker marker,
      Logger logger,
      Level level,
      String format,
      Object[] values,
      Throwable failure) {
    boolean again =
        logger.getName().equals(Sources.class.getName())
            && format != null
            && !said.add(MessageFormatter.arrayFormat(format, values).getMessage());
    return again ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
