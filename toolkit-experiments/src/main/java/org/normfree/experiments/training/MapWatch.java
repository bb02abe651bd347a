package org.normfree.experiments.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.normfree.core.probe.LayerNormProbe;
import org.normfree.core.record.LayerNormMap;
import org.normfree.core.record.RunFiles;
import org.normfree.core.train.Trainer;
import org.normfree.experiments.run.Quantity;

/** Looks into chosen LayerNorm layers at the end: input, output, and how a line and a tanh fit. */
final class MapWatch implements Watch {
  private static final int POINTS = 4000;

  @Override
  public Map<String, Double> atEnd(View view, Trainer trainer) {
    LayerNormMap map =
        LayerNormProbe.read(
            view.network(), names -> trainer.outputs(view.batch(), names), view.layers(), POINTS);
    view.directory().write(RunFiles.LAYERNORM_MAP, map);
    Map<String, Double> values = new LinkedHashMap<>();
    for (LayerNormMap.Layer layer : map.layers()) {
      values.put(Quantity.at("line_r2", "layer", layer.name()), layer.lineR2());
      values.put(Quantity.at("tanh_r2", "layer", layer.name()), layer.tanhR2());
      values.put(Quantity.at("delta_r2", "layer", layer.name()), layer.deltaR2());
      values.put(Quantity.at("tail_delta_r2", "layer", layer.name()), layer.tailDeltaR2());
    }
    return values;
  }
}
