package org.normfree.plots.figure;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.LayerNormMap;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.chart.Sheet;

/**
 * Input and output of LayerNorm layers before the affine part (arXiv 2503.10622, figures 2 and 4):
 * with the fitted line and tanh, coloured by token, and coloured by channel. Each token lies on a
 * straight line of its own slope; the channels with the largest inputs bend the cloud into an S.
 */
final class Maps {
  private static final double HEIGHT = 104;
  private static final int POINTS = 1800;
  private static final int EXTREMES = 150;
  private static final int COLOURS = 6;
  private static final double SMALL = 1.6;
  private static final double LARGE = 2.6;
  private static final Pen TANH = PaperStyle.pen(PaperStyle.VERMILLION, 0, Mark.CIRCLE);
  private static final Pen LINE = PaperStyle.pen(PaperStyle.BLACK, 1, Mark.CIRCLE);

  private Maps() {}

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    return experiment.finalRuns().stream()
        .filter(run -> !drawable(run).isEmpty())
        .min(Comparator.comparing((Run run) -> !run.done()))
        .map(run -> figure(experiment, run, options))
        .stream()
        .toList();
  }

  private static List<LayerNormMap.Layer> drawable(Run run) {
    return run.layerNormMap().map(LayerNormMap::layers).orElse(List.of()).stream()
        .filter(layer -> layer.x().length > 0)
        .toList();
  }

  private static List<LayerNormMap.Layer> chosen(List<LayerNormMap.Layer> layers, int most) {
    int n = Math.min(most, layers.size());
    return IntStream.range(0, n)
        .mapToObj(i -> layers.get(n == 1 ? 0 : i * (layers.size() - 1) / (n - 1)))
        .toList();
  }

  private static Figure figure(Experiment experiment, Run run, FigureOptions options) {
    Sheet sheet = options.sheet(PaperStyle.DOUBLE_COLUMN);
    List<LayerNormMap.Layer> layers = chosen(drawable(run), Columns.small(sheet));
    DataTable.Builder data =
        new DataTable.Builder("layer", "input", "output", "token", "channel", "line", "tanh");
    List<Panel> fits = new ArrayList<>();
    List<Panel> tokens = new ArrayList<>();
    List<Panel> channels = new ArrayList<>();
    for (LayerNormMap.Layer layer : layers) {
      boolean first = fits.isEmpty();
      int[] shown = thin(layer);
      for (int i : shown) {
        double x = layer.x()[i];
        data.add(
            layer.name(),
            layer.x()[i],
            layer.y()[i],
            layer.token()[i],
            layer.channel()[i],
            line(layer, x),
            tanh(layer, x));
      }
      Panel fit =
          new Panel(HEIGHT)
              .title(LayerName.of(layer.name()).words())
              .axes("", first ? "output, with fits" : "")
              .cornerNote(r2("tanh", layer.tanhR2()), r2("line", layer.lineR2()));
      cloud(fit, layer, shown, i -> true, PaperStyle.SKY, SMALL);
      fits.add(withFits(fit, layer));
      tokens.add(
          coloured(
              new Panel(HEIGHT).axes("", first ? "output, by token" : ""),
              layer,
              shown,
              layer.token(),
              spread(layer.token())));
      channels.add(
          coloured(
              new Panel(HEIGHT).axes("input", first ? "output, by channel" : ""),
              layer,
              shown,
              layer.channel(),
              extreme(layer)));
    }
    return new Figure(
        experiment.id() + "-maps",
        "Input and output of LayerNorm layers",
        caption(run),
        new PanelGrid(
            List.of(fits, tokens, channels),
            new Legend(
                List.of(
                    new Legend.Entry("fitted tanh", TANH, Legend.Key.LINE),
                    new Legend.Entry("fitted line", LINE, Legend.Key.LINE))),
            sheet),
        data.build());
  }

  private static double line(LayerNormMap.Layer layer, double x) {
    return layer.line(x);
  }

  private static double tanh(LayerNormMap.Layer layer, double x) {
    return layer.tanh(x);
  }

  private static Panel withFits(Panel panel, LayerNormMap.Layer layer) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (float x : layer.x()) {
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    double from = low;
    double step = (high - low) / 200;
    double[] x = IntStream.rangeClosed(0, 200).mapToDouble(i -> from + i * step).toArray();
    double[] line = new double[x.length];
    double[] tanh = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      line[i] = line(layer, x[i]);
      tanh[i] = tanh(layer, x[i]);
    }
    return panel.overlay(x, line, LINE, 0).overlay(x, tanh, TANH, 0);
  }

  private static String r2(String fit, double value) {
    return String.format(Locale.ROOT, "%s R² = %.3f", fit, value);
  }

  /** The points with the largest inputs, and a random but fixed choice of the others. */
  private static int[] thin(LayerNormMap.Layer layer) {
    int n = layer.x().length;
    List<Integer> byInput =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -Math.abs(layer.x()[i])))
            .toList();
    if (n <= POINTS) {
      return IntStream.range(0, n).toArray();
    }
    List<Integer> rest = new ArrayList<>(byInput.subList(EXTREMES, n));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = rest.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Integer swapped = rest.get(i);
      rest.set(i, rest.get(j));
      rest.set(j, swapped);
    }
    return IntStream.concat(
            byInput.subList(0, EXTREMES).stream().mapToInt(i -> i),
            rest.subList(0, POINTS - EXTREMES).stream().mapToInt(i -> i))
        .toArray();
  }

  private static Panel coloured(
      Panel panel, LayerNormMap.Layer layer, int[] shown, int[] owner, List<Integer> chosen) {
    cloud(panel, layer, shown, i -> !chosen.contains(owner[i]), PaperStyle.LIGHT_GREY, SMALL);
    for (int c = 0; c < chosen.size(); c++) {
      int wanted = chosen.get(c);
      int[] all = IntStream.range(0, owner.length).filter(i -> owner[i] == wanted).toArray();
      cloud(panel, layer, all, i -> true, PaperStyle.color(c), LARGE);
    }
    return panel;
  }

  private static void cloud(
      Panel panel,
      LayerNormMap.Layer layer,
      int[] shown,
      IntPredicate wanted,
      Color color,
      double size) {
    int[] points = IntStream.of(shown).filter(wanted).toArray();
    panel.cloud(
        IntStream.of(points).mapToDouble(i -> layer.x()[i]).toArray(),
        IntStream.of(points).mapToDouble(i -> layer.y()[i]).toArray(),
        color,
        size);
  }

  /** Tokens from all over the batch. */
  private static List<Integer> spread(int[] token) {
    List<Integer> tokens = IntStream.of(token).distinct().sorted().boxed().toList();
    int n = Math.min(COLOURS, tokens.size());
    return IntStream.range(0, n).mapToObj(i -> tokens.get(i * tokens.size() / n)).toList();
  }

  /** The channels with the largest absolute inputs. */
  private static List<Integer> extreme(LayerNormMap.Layer layer) {
    Map<Integer, Float> largest = new HashMap<>();
    for (int i = 0; i < layer.x().length; i++) {
      largest.merge(layer.channel()[i], Math.abs(layer.x()[i]), Math::max);
    }
    return largest.entrySet().stream()
        .sorted(
            Map.Entry.<Integer, Float>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(COLOURS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static String caption(Run run) {
    return ("One mini-batch, output before gain and bias; method %s, seed %s. Top: with the"
            + " least-squares tanh and line, R² over the whole batch. Middle: %s tokens in colour"
            + " (each a straight line), the others grey. Bottom: the %s channels with the largest"
            + " inputs in colour. At most %s points a panel are drawn besides the coloured ones,"
            + " the extreme ones always.")
        .formatted(
            Names.method(run.trial().method()), run.trial().seed(), COLOURS, COLOURS, POINTS);
  }
}
