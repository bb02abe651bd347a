package org.normfree.plots.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One pair of axes and what is drawn on it. How large it becomes is decided by the {@link
 * PanelGrid} it lies in; how much room its titles and labels need is measured here.
 *
 * <p>What is added later lies on top; clouds and bands lie below everything else.
 */
public final class Panel {
  private static final double SEED = 3.2;
  private static final double CROSS = 6;

  private final double plotHeight;
  private final PlotAxis x = new PlotAxis();
  private final PlotAxis y = new PlotAxis();
  private final List<Cloud> clouds = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();
  private final List<Consumer<Canvas>> marks = new ArrayList<>();
  private String title = "";
  private double weight = 1;
  private boolean bare;

  /**
   * @param plotHeight height of the plot between the axes, in hundredths of an inch; of a panel
   *     with rows that have names, the least height of a row
   */
  public Panel(double plotHeight) {
    this.plotHeight = plotHeight;
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
   * @param horizontal title of the horizontal axis; empty for none
   * @param vertical title of the vertical axis; empty for none
   * @return this
   */
  public Panel axes(String horizontal, String vertical) {
    x.title(horizontal);
    y.title(vertical);
    return this;
  }

  /**
   * @param share how wide the plot is, measured by those beside it, which have 1
   * @return this
   */
  public Panel weight(double share) {
    weight = share;
    return this;
  }

  /**
   * @param low lower limit of the horizontal axis
   * @param high upper limit
   * @return this
   */
  public Panel xLimits(double low, double high) {
    x.range().fix(low, high);
    return this;
  }

  /**
   * @param low lower limit of the vertical axis
   * @param high upper limit
   * @return this
   */
  public Panel yLimits(double low, double high) {
    y.range().fix(low, high);
    return this;
  }

  /**
   * @param length what is left free at either end of the horizontal axis, for points that are moved
   *     aside, in hundredths of an inch
   * @return this
   */
  public Panel xRoom(double length) {
    x.room(length);
    return this;
  }

  /**
   * Makes the horizontal axis logarithmic; everything drawn must then lie above 0.
   *
   * @return this
   */
  public Panel logarithmicX() {
    x.makeLogarithmic();
    return this;
  }

  /**
   * Makes the vertical axis logarithmic; everything drawn must then lie above 0.
   *
   * @return this
   */
  public Panel logarithmicY() {
    y.makeLogarithmic();
    return this;
  }

  /**
   * @param ticks the marks of the horizontal axis; labels there is no room for are left out
   * @return this
   */
  public Panel xTicks(List<Tick> ticks) {
    x.ticks(ticks);
    return this;
  }

  /**
   * Breaks the horizontal axis where it has no values.
   *
   * @param gaps from and to of each
   * @return this
   */
  public Panel xGaps(List<double[]> gaps) {
    x.gaps(gaps);
    return this;
  }

  /**
   * Names the whole numbers of the horizontal axis, from 0 at the left.
   *
   * @param names a name a category
   * @return this
   */
  public Panel xCategories(List<String> names) {
    x.categories(names);
    return xLimits(-0.55, names.size() - 0.45);
  }

  /**
   * Names rows from top to bottom; row i lies at −i.
   *
   * @param names a name a row
   * @return this
   */
  public Panel yCategories(List<String> names) {
    y.categories(names);
    return yLimits(0.45 - names.size(), 0.55);
  }

  /**
   * Fills the room between two curves.
   *
   * @param at places, ascending
   * @param low lower curve
   * @param high upper curve
   * @param color the curve's own colour; the band is made pale here
   * @return this
   */
  public Panel band(double[] at, double[] low, double[] high, Color color) {
    x.range().add(at);
    y.range().add(low);
    y.range().add(high);
    bands.add(new Band(at, low, high, color));
    return this;
  }

  /**
   * A curve; NaN breaks it.
   *
   * @param at places
   * @param values values
   * @param pen how it is drawn
   * @param markers how many markers it has at most, to be known by; 0 for none
   * @return this
   */
  public Panel line(double[] at, double[] values, Pen pen, int markers) {
    x.range().add(at);
    y.range().add(values);
    return overlay(at, values, pen, markers);
  }

  /**
   * A line through points that are moved aside.
   *
   * @param at places
   * @param values values
   * @param pen how it is drawn
   * @param aside how far it is moved to the right, in hundredths of an inch
   * @return this
   */
  public Panel lineAside(double[] at, double[] values, Pen pen, double aside) {
    x.range().add(at);
    y.range().add(values);
    marks.add(new Curve(at, values, pen, 0, aside)::paint);
    return this;
  }

  /**
   * A curve that does not widen the axes and is cut off where they end.
   *
   * @param at places
   * @param values values
   * @param pen how it is drawn
   * @param markers how many markers it has at most; 0 for none
   * @return this
   */
  public Panel overlay(double[] at, double[] values, Pen pen, int markers) {
    marks.add(new Curve(at, values, pen, markers, 0)::paint);
    return this;
  }

  /**
   * A point with the pen's marker.
   *
   * @param at place
   * @param value value
   * @param pen colour and marker
   * @param size of the marker in hundredths of an inch
   * @param aside how far it is moved to the right, so that points of one place do not hide each
   *     other, in hundredths of an inch
   * @return this
   */
  public Panel point(double at, double value, Pen pen, double size, double aside) {
    return dot(new Dot(at, value, pen.mark(), pen.color(), size, aside, 0, false));
  }

  /**
   * A small pale dot: what a single seed gave.
   *
   * @param at place
   * @param value value
   * @param color the colour of the mean; the dot is made paler here
   * @param right how far it is moved to the right, in hundredths of an inch
   * @param down how far it is moved down
   * @return this
   */
  public Panel seed(double at, double value, Color color, double right, double down) {
    return dot(new Dot(at, value, Mark.CIRCLE, PaperStyle.paler(color), SEED, right, down, false));
  }

  private Panel dot(Dot dot) {
    if (Double.isFinite(dot.x()) && Double.isFinite(dot.y())) {
      x.range().add(dot.x());
      y.range().add(dot.y());
      marks.add(dot::paint);
    }
    return this;
  }

  /**
   * A cross that stays in sight: beyond an axis' end it is drawn at that end.
   *
   * @param at place
   * @param value value
   * @param color colour
   * @return this
   */
  public Panel cross(double at, double value, Color color) {
    marks.add(new Dot(at, value, Mark.CROSS, color, CROSS, 0, 0, true)::paint);
    return this;
  }

  /**
   * A cloud of many small points.
   *
   * @param at places
   * @param values values
   * @param color colour
   * @param size diameter of a point in hundredths of an inch
   * @return this
   */
  public Panel cloud(double[] at, double[] values, Color color, double size) {
    x.range().add(at);
    y.range().add(values);
    clouds.add(new Cloud(at, values, color, size));
    return this;
  }

  /**
   * A vertical interval with caps.
   *
   * @param at its place
   * @param low lower end
   * @param high upper end
   * @param color colour
   * @param aside how far it is moved to the right, in hundredths of an inch
   * @return this
   */
  public Panel whisker(double at, double low, double high, Color color, double aside) {
    y.range().add(low, high);
    marks.add(new Whisker(low, high, at, true, color, aside)::paint);
    return this;
  }

  /**
   * A horizontal interval with caps.
   *
   * @param low left end
   * @param high right end
   * @param at its place
   * @param color colour
   * @return this
   */
  public Panel interval(double low, double high, double at, Color color) {
    x.range().add(low, high);
    marks.add(new Whisker(low, high, at, false, color, 0)::paint);
    return this;
  }

  /**
   * A broad pale bar behind an interval.
   *
   * @param low left end
   * @param high right end
   * @param at its place
   * @return this
   */
  public Panel shadow(double low, double high, double at) {
    x.range().add(low, high);
    marks.add(
        canvas ->
            canvas.segment(
                canvas.x(low),
                canvas.y(at),
                canvas.x(high),
                canvas.y(at),
                PaperStyle.LIGHT_GREY,
                5));
    return this;
  }

  /**
   * A thin reference line across the plot.
   *
   * @param at where it stands
   * @return this
   */
  public Panel verticalReference(double at) {
    x.range().add(at);
    marks.add(
        canvas ->
            canvas.segment(
                canvas.x(at),
                canvas.plot().getY(),
                canvas.x(at),
                canvas.plot().getMaxY(),
                PaperStyle.GREY,
                0.9));
    return this;
  }

  /**
   * A note at the left end of a row, as long as the plot at most.
   *
   * @param at the row's place
   * @param text what it says
   * @return this
   */
  public Panel rowNote(double at, String text) {
    marks.add(
        canvas -> {
          canvas.g().setColor(PaperStyle.AXIS);
          Rectangle2D plot = canvas.plot();
          Text.paint(
              canvas.g(),
              Text.wrap(text, canvas.sheet().notes(), plot.getWidth() - 8),
              canvas.sheet().notes(),
              plot.getX() + 5,
              canvas.y(at),
              0,
              0.5);
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
          canvas.g().setColor(PaperStyle.BLACK);
          Text.paint(
              canvas.g(),
              List.of(lines),
              canvas.sheet().notes(),
              canvas.plot().getMaxX() - 3,
              canvas.plot().getMaxY() - 4,
              1,
              1);
        });
    return this;
  }

  /**
   * Fills the plot with a picture, as large as its shape lets it be, without axes around it. Its
   * pixels stay squares with sharp edges, in a PDF too.
   *
   * @param picture rows of pixels from the top, {@code 0xRRGGBB}
   * @return this
   */
  public Panel picture(int[][] picture) {
    xCategories(List.of(""));
    yCategories(List.of(""));
    bare = true;
    marks.add(new Picture(picture)::paint);
    return this;
  }

  /**
   * @return what stands above the axes
   */
  public String title() {
    return title;
  }

  double weight() {
    return weight;
  }

  /** Title, axes and categories in words. */
  String description() {
    List<String> words = new ArrayList<>(List.of(title, y.title(), x.title()));
    words.addAll(x.categories());
    words.addAll(y.categories());
    words.removeIf(String::isBlank);
    return String.join(", ", words);
  }

  PanelLayout layout() {
    return new PanelLayout(title, x, y, plotHeight);
  }

  /**
   * @param plot where the plot lies
   * @param place the panel's whole place
   */
  void paint(Graphics2D g, Rectangle2D plot, Rectangle2D place, Sheet sheet) {
    Canvas canvas = new Canvas(g, plot, x, y, sheet);
    AxisPainter axes = new AxisPainter(canvas, place);
    if (!bare) {
      axes.paintGrid();
    }
    Shape clip = g.getClip();
    g.clip(plot);
    if (!clouds.isEmpty()) {
      Cloud.paint(clouds, canvas);
    }
    bands.forEach(band -> band.paint(canvas));
    g.setClip(clip);
    // markers at the ends of an axis stay whole
    g.clip(
        new Rectangle2D.Double(
            plot.getX() - 1, plot.getY() - 4, plot.getWidth() + 5, plot.getHeight() + 5));
    marks.forEach(mark -> mark.accept(canvas));
    g.setClip(clip);
    if (!bare) {
      axes.paintAxes();
    }
    layout().paintTitles(canvas, place);
  }
}
