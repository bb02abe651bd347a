package org.normfree.experiments.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.probe.GradientNorms;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Trainer;

/** What probes of single layers come to over a whole network. */
final class LayerProfile implements Watch {
  @Override
  public Map<String, Double> atEnd(View view, Trainer trainer) {
    return of(Recorder.read(view.directory()));
  }

  /**
   * @param lines what a run of a translation model recorded
   * @return {@code gradient_ratio}: gradient norm of the decoder's last feed-forward branch over
   *     that of its first at the first step; {@code early_update_size} and {@code update_size}: how
   *     far the output has moved at the first sample after the start and at the last; {@code
   *     norm_input_start} and {@code norm_input_end}: largest size of what goes into a LayerNorm at
   *     the start and the end
   */
  static Map<String, Double> of(List<MetricLine> lines) {
    Map<String, Double> values = new LinkedHashMap<>();
    List<Double> gradients = new ArrayList<>();
    for (MetricLine line : lines) {
      if (line.step() == 1
          && line.scope().matches("decoder\\.block\\d+\\.ffn")
          && line.values().containsKey(GradientNorms.QUANTITY)) {
        gradients.add(line.values().get(GradientNorms.QUANTITY));
      }
    }
    if (gradients.size() > 1) {
      values.put("gradient_ratio", gradients.get(gradients.size() - 1) / gradients.get(0));
    }
    List<Double> sizes = StepLoss.values(lines, "update_size");
    if (sizes.size() > 1) {
      values.put("early_update_size", sizes.get(1));
      values.put("update_size", sizes.get(sizes.size() - 1));
    }
    Map<Long, Double> inputs = new LinkedHashMap<>();
    for (MetricLine line : lines) {
      Double input = line.values().get("norm_input");
      if (input != null) {
        inputs.merge(line.step(), input, Math::max);
      }
    }
    List<Double> largest = List.copyOf(inputs.values());
    if (!largest.isEmpty()) {
      values.put("norm_input_start", largest.get(0));
      values.put("norm_input_end", largest.get(largest.size() - 1));
    }
    return values;
  }
}
