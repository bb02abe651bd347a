package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.Tick;

/**
 * The layers of a network along an axis, block by block. Where one stack follows another, as a
 * decoder an encoder, the axis is broken.
 */
final class LayerAxis {
  private static final double GAP = 0.05;
  private static final double MOST_LABELS = 12;

  private final List<String> layers = new ArrayList<>();
  private final List<Double> places = new ArrayList<>();
  private final List<Tick> ticks = new ArrayList<>();
  private final List<double[]> gaps = new ArrayList<>();
  private final List<String> stacks = new ArrayList<>();
  private double end;

  /**
   * @param names layers' names as they were recorded, in the order of the network but for stacks
   *     that may be interleaved; those outside blocks have no place
   */
  LayerAxis(Collection<String> names) {
    Map<String, Map<Integer, List<String>>> found = new LinkedHashMap<>();
    for (String name : names) {
      LayerName layer = LayerName.of(name);
      if (layer.block().isPresent()) {
        found
            .computeIfAbsent(layer.stack(), s -> new TreeMap<>())
            .computeIfAbsent(layer.block().getAsInt(), b -> new ArrayList<>())
            .add(name);
      }
    }
    Map<String, Map<Integer, List<String>>> ordered = new LinkedHashMap<>();
    // gradients are recorded from the output backwards, networks run from encoder to decoder
    found.keySet().stream()
        .sorted((a, b) -> Boolean.compare(a.startsWith("decoder"), b.startsWith("decoder")))
        .forEach(stack -> ordered.put(stack, found.get(stack)));
    double blocks = ordered.values().stream().mapToInt(Map::size).sum();
    ordered.forEach((stack, own) -> add(stack, own, blocks));
  }

  private void add(String stack, Map<Integer, List<String>> blocks, double all) {
    double start = end;
    if (!stacks.isEmpty()) {
      start = end + GAP * all + 0.5;
      gaps.add(new double[] {end - 0.25, start - 0.25});
    }
    stacks.add(stack);
    int first = blocks.keySet().iterator().next();
    int stride = stride(all / MOST_LABELS);
    int last = first;
    for (Map.Entry<Integer, List<String>> block : blocks.entrySet()) {
      List<String> own = block.getValue();
      for (int i = 0; i < own.size(); i++) {
        layers.add(own.get(i));
        places.add(start + block.getKey() - first + i / (double) own.size());
      }
      if (block.getKey() % stride == 0) {
        ticks.add(new Tick(start + block.getKey() - first, String.valueOf(block.getKey())));
      }
      last = block.getKey();
    }
    end = start + last - first + 1;
  }

  /** Labels stand at every block, or every second, fifth, tenth … */
  private static int stride(double atLeast) {
    int stride = 1;
    for (int i = 0; stride < atLeast; i++) {
      stride = (int) (stride * (i % 3 == 1 ? 2.5 : 2));
    }
    return stride;
  }

  boolean isEmpty() {
    return layers.isEmpty();
  }

  /** The layers in the order of the axis. */
  List<String> layers() {
    return layers;
  }

  /** Where a layer stands. */
  double place(int index) {
    return places.get(index);
  }

  /** Whether a layer is the first one of a further stack. */
  boolean startsStack(int index) {
    return index > 0
        && !LayerName.of(layers.get(index))
            .stack()
            .equals(LayerName.of(layers.get(index - 1)).stack());
  }

  /** The axis' title: its stacks in their order. */
  String title() {
    return stacks.size() == 1
        ? (stacks.get(0).isEmpty() ? "block" : "block of the " + stacks.get(0))
        : "block of " + String.join(", then of ", stacks);
  }

  void applyTo(Panel panel) {
    panel.xLimits(-0.02 * end - 0.2, 1.02 * end).xTicks(ticks).xGaps(gaps);
  }
}
