package org.normfree.core.data.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

/** Recordings by speaker, of which longer sounds of one speaker are put together. */
final class Utterances {
  private final List<Clip> clips;
  private final Map<Integer, List<Clip>> bySpeaker = new TreeMap<>();

  /**
   * @throws InputException if there are no recordings
   */
  Utterances(List<Clip> clips) {
    if (clips.isEmpty()) {
      throw new InputException("there are no recordings; expected at least one");
    }
    this.clips = List.copyOf(clips);
    clips.forEach(
        clip -> bySpeaker.computeIfAbsent(clip.speaker(), s -> new ArrayList<>()).add(clip));
  }

  /** Samples of all recordings. */
  long samples() {
    return clips.stream().mapToLong(clip -> clip.samples().length).sum();
  }

  /** Recordings of one speaker without end, the speaker drawn by how many there are of each. */
  Voice voice(Rng rng) {
    int speaker = clips.get((int) rng.below(clips.size())).speaker();
    List<Clip> own = bySpeaker.get(speaker);
    return () -> own.get((int) rng.below(own.size()));
  }

  /** What one speaker says next. */
  @FunctionalInterface
  interface Voice {
    Clip next();
  }
}
