package org.normfree.experiments.launch;

import java.util.Optional;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;

/**
 * Why an experiment is run.
 *
 * @param preset the preset it is part of; empty if settings were given by hand
 * @param smokeTest why it cannot show what it is about at that size; empty if it can
 */
public record Occasion(Optional<Preset> preset, Optional<String> smokeTest) {
  /** Settings given by hand. */
  public static final Occasion BY_HAND = new Occasion(Optional.empty(), Optional.empty());

  /** A part of the paper. */
  public static Occasion of(Preset preset, Experiment experiment) {
    return new Occasion(Optional.of(preset), experiment.smokeTest(preset));
  }
}
