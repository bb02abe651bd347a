package org.normfree.core.probe;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.record.LayerNormMap;

/**
 * Input and output of LayerNorm layers on one batch, the output before gain and bias, with a line
 * and {@code a·tanh(b(x − c)) + d} fitted to all elements. Source: arXiv 2503.10622, figures 2 and
 * 4.
 */
public final class LayerNormProbe {
  private static final double EPSILON = 1e-6;

  private LayerNormProbe() {}

  /**
   * Looks into some of a network's LayerNorm layers.
   *
   * @param network the network to look into
   * @param forward evaluates variables of the network's graph, by name, on the batch to look at
   * @param layers how many layers, spread evenly from the first to the last
   * @param points about how many points are kept a layer for a chart: all channels of tokens chosen
   *     at random
   * @return the maps, shallow to deep
   */
  public static LayerNormMap read(
      Network network,
      Function<List<String>, Map<String, INDArray>> forward,
      int layers,
      int points) {
    List<Network.NormPoint> all = network.norms();
    int[] chosen = spread(all.size(), layers);
    List<String> names =
        Arrays.stream(chosen).mapToObj(i -> all.get(i).input()).distinct().toList();
    Map<String, INDArray> inputs = forward.apply(names);
    return new LayerNormMap(
        Arrays.stream(chosen)
            .mapToObj(i -> layer(all.get(i).name(), inputs.get(all.get(i).input()), points))
            .toList());
  }

  /** Indices from the first to the last, evenly spread, each once. */
  static int[] spread(int available, int wanted) {
    int count = Math.min(available, wanted);
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = count == 1 ? available - 1 : Math.round(i * (available - 1f) / (count - 1));
    }
    return indices;
  }

  private static LayerNormMap.Layer layer(String name, INDArray input, int points) {
    int channels = (int) input.size(input.rank() - 1);
    double[] x = input.dup('c').reshape(input.length()).toDoubleVector();
    double[] y = normalize(x, channels);
    FitComparison fits = FitComparison.of(x, y);
    // whole tokens, so that the straight line each of them forms can be seen
    int[] tokens = choose(name, x.length / channels, Math.max(1, points / channels));
    int n = tokens.length * channels;
    float[] keptX = new float[n];
    float[] keptY = new float[n];
    int[] token = new int[n];
    int[] channel = new int[n];
    for (int i = 0; i < n; i++) {
      token[i] = tokens[i / channels];
      channel[i] = i % channels;
      int element = token[i] * channels + channel[i];
      keptX[i] = (float) x[element];
      keptY[i] = (float) y[element];
    }
    double largest = Arrays.stream(x).map(Math::abs).max().orElse(0);
    return new LayerNormMap.Layer(
        name,
        keptX,
        keptY,
        token,
        channel,
        fits.lineR2(),
        fits.line().slope(),
        fits.line().intercept(),
        fits.tanhR2(),
        fits.tanh().scale(),
        fits.tanh().slope(),
        fits.tanh().center(),
        fits.tanh().offset(),
        fits.deltaR2(),
        fits.tailDeltaR2(),
        largest);
  }

  /** LayerNorm without gain and bias, row by row. */
  private static double[] normalize(double[] x, int channels) {
    double[] y = new double[x.length];
    for (int start = 0; start < x.length; start += channels) {
      double mean = 0;
      for (int i = start; i < start + channels; i++) {
        mean += x[i] / channels;
      }
      double variance = 0;
      for (int i = start; i < start + channels; i++) {
        variance += (x[i] - mean) * (x[i] - mean) / channels;
      }
      double scale = 1 / Math.sqrt(variance + EPSILON);
      for (int i = start; i < start + channels; i++) {
        y[i] = (x[i] - mean) * scale;
      }
    }
    return y;
  }

  /** Some of the indices below {@code length}, in ascending order, the same ones every time. */
  private static int[] choose(String purpose, int length, int wanted) {
    if (length <= wanted) {
      int[] all = new int[length];
      Arrays.setAll(all, i -> i);
      return all;
    }
    Rng rng = Rng.of(1, purpose, 0);
    int[] kept = new int[wanted];
    int found = 0;
    // selection sampling (Knuth, TAOCP 2, algorithm S)
    for (int i = 0; found < wanted; i++) {
      if ((length - i) * rng.uniform() < wanted - found) {
        kept[found++] = i;
      }
    }
    return kept;
  }
}
