package org.normfree.plots.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * One pair of axes and what is drawn on it. Axes, grid, bands and bars are an {@link XYChart}'s;
 * lines, intervals, points and text go on top of it here, because XChart draws a curve as separate
 * segments, which breaks its dashes and makes vector files large.
 *
 * <p>What is added later lies on top; bands and bars lie below everything else.
 */
public final class Panel implements IChart {
  private static final Font TITLE = PaperStyle.font(7.5);
  private static final Font TICKS = PaperStyle.font(6.5);
  private static final Font NOTE = PaperStyle.font(6);
  private static final int TITLE_ROOM = 14;
  private static final int RIGHT_ROOM = 7;
  private static final double LIMIT_MARGIN = 0.045;

  private final int width;
  private final int height;
  private final List<Consumer<XYChart>> areas = new ArrayList<>();
  private final List<Consumer<Canvas>> marks = new ArrayList<>();
  private final Range xRange = new Range();
  private final Range yRange = new Range();
  private String title = "";
  private String xTitle = "";
  private String yTitle = "";
  private List<String> xCategories = List.of();
  private List<String> yCategories = List.of();
  private boolean logarithmicY;

  /**
   * @param width width in hundredths of an inch
   * @param height height in hundredths of an inch
   */
  public Panel(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /**
   * @param text what stands above the axes
   * @return this
   */
  public Panel title(String text) {
    title = text;
    return this;
  }

  /**
   * @param x title of the horizontal axis; empty for none
   * @param y title of the vertical axis; empty for none
   * @return this
   */
  public Panel axes(String x, String y) {
    xTitle = x;
    yTitle = y;
    return this;
  }

  /**
   * @param low lower limit of the horizontal axis
   * @param high upper limit
   * @return this
   */
  public Panel xLimits(double low, double high) {
    xRange.fix(low, high);
    return this;
  }

  /**
   * @param low lower limit of the vertical axis
   * @param high upper limit
   * @return this
   */
  public Panel yLimits(double low, double high) {
    yRange.fix(low, high);
    return this;
  }

  /**
   * Makes the vertical axis logarithmic; everything drawn must then be positive.
   *
   * @return this
   */
  public Panel logarithmicY() {
    logarithmicY = true;
    return this;
  }

  /**
   * Names the whole numbers of the horizontal axis, from 0 at the left.
   *
   * @param names a name a category
   * @return this
   */
  public Panel xCategories(List<String> names) {
    xCategories = List.copyOf(names);
    return xLimits(-0.55, names.size() - 0.45);
  }

  /**
   * Names rows from top to bottom; row i lies at −i.
   *
   * @param names a name a row
   * @return this
   */
  public Panel yCategories(List<String> names) {
    yCategories = List.copyOf(names);
    return yLimits(0.45 - names.size(), 0.55);
  }

  /**
   * Fills the room between two curves.
   *
   * @param x places, ascending
   * @param low lower curve
   * @param high upper curve
   * @param color the curve's own colour; the band is made pale here
   * @return this
   */
  public Panel band(double[] x, double[] low, double[] high, Color color) {
    int n = x.length;
    double[] px = new double[2 * n];
    double[] py = new double[2 * n];
    for (int i = 0; i < n; i++) {
      px[i] = x[i];
      py[i] = high[i];
      px[2 * n - 1 - i] = x[i];
      py[2 * n - 1 - i] = low[i];
    }
    area(px, py, PaperStyle.pale(color));
    return this;
  }

  /**
   * A vertical bar that stands on 0.
   *
   * @param x its middle
   * @param barWidth its width in units of the axis
   * @param value its height
   * @param color its colour
   * @return this
   */
  public Panel bar(double x, double barWidth, double value, Color color) {
    double left = x - barWidth / 2;
    double right = x + barWidth / 2;
    area(new double[] {left, right, right, left}, new double[] {0, 0, value, value}, color);
    return this;
  }

  /**
   * A curve; NaN breaks it.
   *
   * @param x places
   * @param y values
   * @param pen its colour and dash
   * @return this
   */
  public Panel line(double[] x, double[] y, Pen pen) {
    xRange.add(x);
    yRange.add(y);
    return overlay(x, y, pen);
  }

  /**
   * A curve that does not widen the axes and is cut off where they end.
   *
   * @param x places
   * @param y values
   * @param pen its colour and dash
   * @return this
   */
  public Panel overlay(double[] x, double[] y, Pen pen) {
    marks.add(
        canvas -> {
          Path2D path = new Path2D.Double();
          boolean open = false;
          for (int i = 0; i < x.length; i++) {
            if (Double.isNaN(x[i]) || Double.isNaN(y[i])) {
              open = false;
            } else if (open) {
              path.lineTo(canvas.x(x[i]), canvas.y(y[i]));
            } else {
              path.moveTo(canvas.x(x[i]), canvas.y(y[i]));
              open = true;
            }
          }
          canvas.g.setColor(pen.color());
          canvas.g.setStroke(pen.stroke());
          canvas.g.draw(path);
        });
    return this;
  }

  /**
   * Points with the pen's marker, large enough to be told apart.
   *
   * @param x places
   * @param y values
   * @param pen colour and marker
   * @return this
   */
  public Panel points(double[] x, double[] y, Pen pen) {
    xRange.add(x);
    yRange.add(y);
    marks.add(
        canvas -> {
          for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(x[i]) && Double.isFinite(y[i])) {
              pen.mark().paint(canvas.g, canvas.x(x[i]), canvas.y(y[i]), 6.5, pen.color());
            }
          }
        });
    return this;
  }

  /**
   * A cross that stays in sight: beyond an axis' end it is drawn at that end.
   *
   * @param x place
   * @param y value
   * @param color colour
   * @return this
   */
  public Panel cross(double x, double y, Color color) {
    marks.add(
        canvas ->
            Mark.CROSS.paint(
                canvas.g,
                Math.max(canvas.left + 4, Math.min(canvas.right - 4, canvas.x(x))),
                Math.max(canvas.top + 4, Math.min(canvas.bottom - 4, canvas.y(y))),
                6,
                color));
    return this;
  }

  /**
   * A cloud of many small points, written as one shape.
   *
   * @param x places
   * @param y values
   * @param color colour
   * @param size diagonal of a point in hundredths of an inch
   * @return this
   */
  public Panel cloud(double[] x, double[] y, Color color, double size) {
    xRange.add(x);
    yRange.add(y);
    marks.add(
        canvas -> {
          double r = size / 2;
          Path2D path = new Path2D.Double();
          for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i]) || !Double.isFinite(y[i])) {
              continue;
            }
            double cx = canvas.x(x[i]);
            double cy = canvas.y(y[i]);
            path.moveTo(cx - r, cy);
            path.lineTo(cx, cy - r);
            path.lineTo(cx + r, cy);
            path.lineTo(cx, cy + r);
            path.closePath();
          }
          canvas.g.setColor(color);
          canvas.g.fill(path);
        });
    return this;
  }

  /**
   * A vertical interval with caps.
   *
   * @param x its place
   * @param low lower end
   * @param high upper end
   * @param color colour
   * @return this
   */
  public Panel whisker(double x, double low, double high, Color color) {
    yRange.add(low, high);
    marks.add(
        canvas -> {
          double at = canvas.x(x);
          canvas.segment(at, canvas.y(low), at, canvas.y(high), color);
          canvas.segment(at - 2.5, canvas.y(low), at + 2.5, canvas.y(low), color);
          canvas.segment(at - 2.5, canvas.y(high), at + 2.5, canvas.y(high), color);
        });
    return this;
  }

  /**
   * A horizontal interval with caps.
   *
   * @param low left end
   * @param high right end
   * @param y its place
   * @param color colour
   * @return this
   */
  public Panel interval(double low, double high, double y, Color color) {
    xRange.add(low, high);
    marks.add(
        canvas -> {
          double at = canvas.y(y);
          canvas.segment(canvas.x(low), at, canvas.x(high), at, color);
          canvas.segment(canvas.x(low), at - 2.5, canvas.x(low), at + 2.5, color);
          canvas.segment(canvas.x(high), at - 2.5, canvas.x(high), at + 2.5, color);
        });
    return this;
  }

  /**
   * A thin reference line across the plot.
   *
   * @param x where it stands
   * @return this
   */
  public Panel verticalReference(double x) {
    xRange.add(x);
    marks.add(
        canvas ->
            canvas.segment(canvas.x(x), canvas.top, canvas.x(x), canvas.bottom, PaperStyle.GREY));
    return this;
  }

  /**
   * A note in the plot, to the right of a place.
   *
   * @param x place; negative infinity for the left edge
   * @param y place
   * @param text what it says
   * @return this
   */
  public Panel note(double x, double y, String text) {
    marks.add(
        canvas -> {
          double at = Double.isInfinite(x) ? canvas.left : canvas.x(x);
          canvas.g.setColor(PaperStyle.AXIS);
          Text.paint(canvas.g, text, NOTE, at + 5, canvas.y(y), 0, 0.5);
        });
    return this;
  }

  /**
   * Short lines in the lower right corner of the plot.
   *
   * @param lines from the top
   * @return this
   */
  public Panel cornerNote(String... lines) {
    marks.add(
        canvas -> {
          canvas.g.setColor(PaperStyle.BLACK);
          for (int i = 0; i < lines.length; i++) {
            double y = canvas.bottom - 4 - 10 * (lines.length - 1 - i);
            Text.paint(canvas.g, lines[i], NOTE, canvas.right - 2, y, 1, 1);
          }
        });
    return this;
  }

  /**
   * A note in the plot that runs upwards from the bottom.
   *
   * @param x place
   * @param text what it says
   * @return this
   */
  public Panel noteUpwards(double x, String text) {
    marks.add(
        canvas -> {
          canvas.g.setColor(PaperStyle.AXIS);
          Text.paintUpwards(canvas.g, text, NOTE, canvas.x(x), canvas.bottom - 5, 0, 0.5);
        });
    return this;
  }

  @Override
  public int getWidth() {
    return width;
  }

  @Override
  public int getHeight() {
    return height;
  }

  @Override
  public String getTitle() {
    return title;
  }

  /** Title, axes and categories in words. */
  String description() {
    List<String> words = new ArrayList<>(List.of(title, yTitle, xTitle));
    words.addAll(xCategories);
    words.addAll(yCategories);
    words.removeIf(String::isBlank);
    return String.join(", ", words);
  }

  @Override
  public void paint(Graphics2D g, int paintWidth, int paintHeight) {
    // XChart's room for titles depends on their letters, so neighbours would not line up
    int left = (int) Math.ceil(labelWidth(yCategories)) + (yTitle.isEmpty() ? 0 : TITLE_ROOM);
    int above = title.isEmpty() ? 0 : TITLE_ROOM;
    int below = (xTitle.isEmpty() ? 0 : TITLE_ROOM) + (xCategories.isEmpty() ? 0 : TITLE_ROOM);
    double[] x = xRange.limits(false);
    double[] y = yRange.limits(logarithmicY);
    XYChart chart = chart(paintWidth - left - RIGHT_ROOM, paintHeight - above - below, x, y);
    AffineTransform before = g.getTransform();
    g.translate(left, above);
    chart.paint(g, chart.getWidth(), chart.getHeight());
    Canvas canvas = new Canvas(g, chart, x, y, logarithmicY);
    Shape clip = g.getClip();
    g.clip(
        new Rectangle2D.Double(
            canvas.left,
            canvas.top - 1,
            canvas.right - canvas.left + 1,
            canvas.bottom - canvas.top + 2));
    marks.forEach(mark -> mark.accept(canvas));
    g.setClip(clip);
    paintCategories(canvas);
    g.setTransform(before);
    paintTitles(g, canvas, left, above);
  }

  private void paintTitles(Graphics2D g, Canvas canvas, int left, int above) {
    double middle = left + (canvas.left + canvas.right) / 2;
    g.setColor(PaperStyle.BLACK);
    Text.paint(g, title, TITLE, middle, above, 0.5, 1);
    Text.paint(g, xTitle, TITLE, middle, height - 5, 0.5, 1);
    Text.paintUpwards(g, yTitle, TITLE, 5, above + (canvas.top + canvas.bottom) / 2, 0.5, 0);
  }

  private void paintCategories(Canvas canvas) {
    canvas.g.setColor(PaperStyle.BLACK);
    for (int i = 0; i < yCategories.size(); i++) {
      Text.paint(canvas.g, yCategories.get(i), TICKS, canvas.left - 6, canvas.y(-i), 1, 0.5);
    }
    for (int i = 0; i < xCategories.size(); i++) {
      Text.paint(canvas.g, xCategories.get(i), TICKS, canvas.x(i), canvas.bottom + 5, 0.5, 0);
    }
    if (!yCategories.isEmpty()) {
      canvas.segment(canvas.left, canvas.top, canvas.left, canvas.bottom, PaperStyle.AXIS);
    }
    if (!xCategories.isEmpty()) {
      canvas.segment(canvas.left, canvas.bottom, canvas.right, canvas.bottom, PaperStyle.AXIS);
    }
  }

  private static double labelWidth(List<String> labels) {
    return labels.stream().mapToDouble(l -> PaperStyle.textWidth(l, TICKS)).max().orElse(0);
  }

  private void area(double[] x, double[] y, Color fill) {
    xRange.add(x);
    yRange.add(y);
    String name = "area " + areas.size();
    areas.add(
        chart -> {
          double floor = chart.getStyler().getYAxisMin();
          XYSeries series = chart.addSeries(name, x, logarithmicY ? atLeast(floor / 10, y) : y);
          series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
          series.setFillColor(fill);
          series.setLineStyle(SeriesLines.NONE);
          series.setMarker(SeriesMarkers.NONE);
        });
  }

  /** A band that reaches below zero has no place on a logarithmic axis and is cut below it. */
  private static double[] atLeast(double floor, double[] y) {
    return DoubleStream.of(y).map(value -> Math.max(floor, value)).toArray();
  }

  private XYChart chart(int chartWidth, int chartHeight, double[] x, double[] y) {
    XYChart chart = new XYChartBuilder().width(chartWidth).height(chartHeight).build();
    style(chart.getStyler());
    XYStyler styler = chart.getStyler();
    styler.setXAxisMin(x[0]);
    styler.setXAxisMax(x[1]);
    styler.setYAxisMin(y[0]);
    styler.setYAxisMax(y[1]);
    styler.setYAxisLogarithmic(logarithmicY);
    styler.setXAxisTicksVisible(xCategories.isEmpty());
    styler.setYAxisTicksVisible(yCategories.isEmpty());
    styler.setPlotGridVerticalLinesVisible(xCategories.isEmpty());
    styler.setPlotGridHorizontalLinesVisible(yCategories.isEmpty());
    styler.setXAxisTickLabelsFormattingFunction(number(x));
    if (!logarithmicY) {
      styler.setYAxisTickLabelsFormattingFunction(number(y));
    }
    areas.forEach(area -> area.accept(chart));
    return chart;
  }

  private static void style(XYStyler styler) {
    styler.setLegendVisible(false);
    styler.setChartTitleVisible(false);
    styler.setAxisTitlesVisible(false);
    styler.setYAxisLeftWidthHint(24);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setChartPadding(5);
    styler.setPlotMargin(0);
    styler.setPlotContentSize(1.0);
    styler.setAxisTickLabelsFont(TICKS);
    styler.setAxisTickMarkLength(3);
    styler.setAxisTickPadding(3);
    styler.setAxisTickMarksColor(PaperStyle.AXIS);
    styler.setAxisTickMarksStroke(new BasicStroke(0.7f));
    styler.setAxisTickLabelsColor(PaperStyle.BLACK);
    styler.setPlotGridLinesColor(PaperStyle.GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(0.5f));
    styler.setXAxisTickMarkSpacingHint(42);
    styler.setYAxisTickMarkSpacingHint(25);
    styler.setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
    styler.setYAxisLogarithmicDecadeOnly(true);
    styler.setLocale(Locale.ROOT);
  }

  /** As many decimals as the axis' range calls for, and a real minus sign. */
  private static Function<Double, String> number(double[] limits) {
    int places = (int) Math.max(0, Math.min(12, 2 - Math.floor(Math.log10(limits[1] - limits[0]))));
    DecimalFormat format =
        new DecimalFormat(
            "0" + (places > 0 ? "." + "#".repeat(places) : ""),
            DecimalFormatSymbols.getInstance(Locale.ROOT));
    return value -> {
      String text = format.format(value + 0.0);
      return text.matches("-0[.0]*") ? "0" : text.replace('-', '−');
    };
  }

  /** What has been drawn along an axis, or the limits that were asked for. */
  private static final class Range {
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private boolean fixed;

    void add(double... values) {
      for (double value : values) {
        if (!fixed && Double.isFinite(value)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }

    void fix(double fixedLow, double fixedHigh) {
      low = fixedLow;
      high = fixedHigh;
      fixed = true;
    }

    double[] limits(boolean logarithmic) {
      if (low > high) {
        return new double[] {logarithmic ? 0.1 : 0, 1};
      }
      if (fixed) {
        return new double[] {low, high};
      }
      if (logarithmic) {
        double factor = Math.pow(Math.max(high / low, 1.1), LIMIT_MARGIN);
        return new double[] {low / factor, high * factor};
      }
      double margin = LIMIT_MARGIN * (high > low ? high - low : Math.max(1e-3, Math.abs(high)));
      return new double[] {low - margin, high + margin};
    }
  }

  /** The painted axes: from values to places on the panel. */
  private static final class Canvas {
    final Graphics2D g;
    final double left;
    final double right;
    final double top;
    final double bottom;
    private final double[] xLimits;
    private final double[] yLimits;
    private final boolean logarithmicY;

    Canvas(Graphics2D g, XYChart chart, double[] xLimits, double[] yLimits, boolean logarithmicY) {
      this.g = g;
      this.xLimits = xLimits;
      this.yLimits = yLimits;
      this.logarithmicY = logarithmicY;
      left = chart.getScreenXFromChart(xLimits[0]);
      right = chart.getScreenXFromChart(xLimits[1]);
      bottom = chart.getScreenYFromChart(yLimits[0]);
      top = chart.getScreenYFromChart(yLimits[1]);
    }

    double x(double value) {
      return left + (right - left) * (value - xLimits[0]) / (xLimits[1] - xLimits[0]);
    }

    double y(double value) {
      double part =
          logarithmicY
              ? Math.log(value / yLimits[0]) / Math.log(yLimits[1] / yLimits[0])
              : (value - yLimits[0]) / (yLimits[1] - yLimits[0]);
      return bottom + (top - bottom) * part;
    }

    void segment(double x1, double y1, double x2, double y2, Color color) {
      g.setColor(color);
      g.setStroke(new BasicStroke(0.9f));
      g.draw(new Line2D.Double(x1, y1, x2, y2));
    }
  }
}
