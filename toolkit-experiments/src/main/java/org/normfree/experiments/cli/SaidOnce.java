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
 * Lets what is said of a data set or of settings through once: the runs of a sweep share them.
 * Named by {@link PlainLog}.
 */
public final class SaidOnce extends TurboFilter {
  /** By name: what is asked for on every start is not to load what trains. */
  private static final Set<String> ONCE =
      Set.of(Sources.class.getName(), "org.normfree.experiments.training.TrainingRun");

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
        ONCE.contains(logger.getName())
            && format != null
            && !said.add(MessageFormatter.arrayFormat(format, values).getMessage());
    return again ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
