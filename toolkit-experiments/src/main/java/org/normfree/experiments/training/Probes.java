package org.normfree.experiments.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;
import org.normfree.core.probe.ActivationRms;
import org.normfree.core.probe.AttentionEntropy;
import org.normfree.core.probe.GradientNorms;
import org.normfree.core.probe.NormInputs;
import org.normfree.core.probe.Probe;
import org.normfree.core.probe.ProbeListener;
import org.normfree.core.probe.Saturation;
import org.normfree.core.probe.UpdateSize;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;

/** The probes a run's configuration switches on; what they read goes to its metrics. */
final class Probes {
  private Probes() {}

  /**
   * @param config settings with {@link Keys#PROBES} and {@link Keys#PROBE_EVERY}
   * @param network what is trained
   * @param batch what probes of forward passes show it
   * @param recorder the run's metrics
   */
  static List<TrainingListener> listeners(
      Config config, Network network, Batch batch, Recorder recorder) {
    List<String> names = config.get(Keys.PROBES);
    int every = config.get(Keys.PROBE_EVERY);
    ProbeListener.Readings readings =
        (trainer, layer, values) -> {
          Map<String, Double> finite = new LinkedHashMap<>(values);
          finite.values().removeIf(value -> !Double.isFinite(value));
          recorder.add(
              new MetricLine(
                  MetricLine.PROBE,
                  trainer.progress().step(),
                  trainer.progress().epoch(),
                  layer,
                  finite));
        };
    List<Probe> probes = names.stream().flatMap(name -> probe(name, network).stream()).toList();
    List<TrainingListener> listeners = new ArrayList<>();
    if (!probes.isEmpty()) {
      listeners.add(new ProbeListener(probes, batch, every, readings));
    }
    if (names.contains("gradient-norms")) {
      listeners.add(new GradientNorms(every, readings));
    }
    return listeners;
  }

  /**
   * @param config settings with {@link Keys#PROBES}
   * @return what is looked at besides single forward passes, in the order of the names
   */
  static List<Watch> watches(Config config) {
    return config.get(Keys.PROBES).stream().flatMap(name -> watch(name).stream()).toList();
  }

  private static Optional<Watch> watch(String name) {
    return switch (name) {
      case "alpha" -> Optional.of(new AlphaWatch());
      case "input-std" -> Optional.of(new InputDeviation());
      case "layernorm-map" -> Optional.of(new MapWatch());
      case "layer-profile" -> Optional.of(new LayerProfile());
      case "step-loss" -> Optional.of(new StepLoss());
      case "step-cost" -> Optional.of(new StepCost());
      default -> Optional.empty();
    };
  }

  private static Optional<Probe> probe(String name, Network network) {
    return switch (name) {
      case "update-size" -> Optional.of(new UpdateSize());
      case "norm-inputs" -> Optional.of(new NormInputs(network));
      case "activation-rms" -> Optional.of(new ActivationRms(network));
      case "saturation" -> Optional.of(new Saturation(network));
      case "attention-entropy" -> Optional.of(new AttentionEntropy(network));
      default -> Optional.empty(); // none, gradient-norms and those of watches
    };
  }
}
