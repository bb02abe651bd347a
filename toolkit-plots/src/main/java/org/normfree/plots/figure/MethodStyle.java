package org.normfree.plots.figure;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;

/**
 * What a method is called and how it is drawn, in every figure alike. No two of these methods share
 * dash and marker, so they can be told apart in grey. A method that is not among them goes by its
 * registry name and gets a style that follows from it.
 *
 * @param name registry name
 * @param words the name it has in papers
 * @param color colour
 * @param dash index of the dash
 * @param mark marker
 */
record MethodStyle(String name, String words, Color color, int dash, Mark mark) {
  private static final String NO_ALPHA = "-no-alpha";

  private static final Color BROWN = new Color(0x7F4F24);
  private static final Color OLIVE = new Color(0x6B6B00);

  private static final List<Color> COLORS =
      List.of(
          PaperStyle.BLUE,
          PaperStyle.VERMILLION,
          PaperStyle.GREEN,
          PaperStyle.ORANGE,
          PaperStyle.PURPLE,
          PaperStyle.SKY,
          BROWN,
          OLIVE);

  private static final int DASHES = 7;

  private static final Map<String, MethodStyle> REGISTRY =
      List.of(
              new MethodStyle("pre-ln", "Pre-LN", PaperStyle.BLACK, 0, Mark.CIRCLE),
              new MethodStyle("post-ln", "Post-LN", PaperStyle.VERMILLION, 1, Mark.SQUARE),
              new MethodStyle("layer-norm", "LN", PaperStyle.BLACK, 0, Mark.RING),
              new MethodStyle("rms-norm", "RMSNorm", PaperStyle.SKY, 6, Mark.BOX),
              new MethodStyle("batch-norm", "BatchNorm", PaperStyle.GREY, 1, Mark.DROP),
              new MethodStyle("dyt", "DyT", PaperStyle.GREEN, 4, Mark.DIAMOND),
              new MethodStyle("hardtanh", "hardtanh", PaperStyle.BLUE, 1, Mark.BOX),
              new MethodStyle("sigmoid", "sigmoid", PaperStyle.ORANGE, 3, Mark.DROP),
              new MethodStyle("identity", "identity", PaperStyle.GREY, 2, Mark.CIRCLE),
              new MethodStyle("dyt-no-alpha", "", PaperStyle.GREEN, 2, Mark.DIAMOND),
              new MethodStyle("hardtanh-no-alpha", "", PaperStyle.BLUE, 5, Mark.BOX),
              new MethodStyle("sigmoid-no-alpha", "", PaperStyle.ORANGE, 6, Mark.DROP),
              new MethodStyle("identity-no-alpha", "", PaperStyle.GREY, 5, Mark.CIRCLE),
              new MethodStyle("derf", "Derf", PaperStyle.PURPLE, 2, Mark.RING),
              new MethodStyle("satursin", "satursin", OLIVE, 2, Mark.TRIANGLE),
              new MethodStyle("arctan", "arctan", BROWN, 3, Mark.CIRCLE),
              new MethodStyle("isru", "ISRU", PaperStyle.GREEN, 3, Mark.BOX),
              new MethodStyle("softsign", "softsign", PaperStyle.ORANGE, 3, Mark.DIAMOND),
              new MethodStyle("bhyt", "BHyT", PaperStyle.PURPLE, 0, Mark.DROP),
              new MethodStyle("see-d-norm", "SeeDNorm", PaperStyle.SKY, 1, Mark.CIRCLE),
              new MethodStyle("taper-norm", "TaperNorm", BROWN, 1, Mark.RING),
              new MethodStyle("peri-ln", "Peri-LN", PaperStyle.VERMILLION, 0, Mark.SQUARE),
              new MethodStyle("lns", "LNS", PaperStyle.GREEN, 0, Mark.BOX),
              new MethodStyle("mix-ln", "Mix-LN", OLIVE, 0, Mark.DIAMOND),
              new MethodStyle("keel", "Keel", PaperStyle.BLUE, 0, Mark.PEAK),
              new MethodStyle("pro-res", "ProRes", PaperStyle.GREEN, 1, Mark.DIAMOND),
              new MethodStyle("span-norm", "SpanNorm", PaperStyle.ORANGE, 1, Mark.TRIANGLE),
              new MethodStyle("siamese-norm", "SiameseNorm", PaperStyle.VERMILLION, 1, Mark.PEAK),
              new MethodStyle("block-attn-res", "Block AttnRes", PaperStyle.BLUE, 2, Mark.SQUARE),
              new MethodStyle(
                  "hyper-connections", "Hyper-connections, n = 2", PaperStyle.PURPLE, 2, Mark.BOX),
              new MethodStyle(
                  "hyper-connections-4", "Hyper-connections, n = 4", PaperStyle.SKY, 2, Mark.DROP),
              new MethodStyle("deepnorm", "DeepNorm", PaperStyle.BLUE, 3, Mark.TRIANGLE),
              new MethodStyle("deepnorm-adam", "DeepNorm for Adam", PaperStyle.SKY, 2, Mark.PEAK),
              new MethodStyle(
                  "deepnorm-lamb", "DeepNorm for LAMB", PaperStyle.PURPLE, 6, Mark.DIAMOND),
              new MethodStyle("fixup", "Fixup", PaperStyle.ORANGE, 0, Mark.TRIANGLE),
              new MethodStyle("skipinit", "SkipInit", PaperStyle.SKY, 4, Mark.SQUARE),
              new MethodStyle("rezero", "ReZero", PaperStyle.BLUE, 5, Mark.RING),
              new MethodStyle("scaled-residual", "x + f(x)/√n", PaperStyle.GREEN, 5, Mark.DROP),
              new MethodStyle("layerscale", "LayerScale", PaperStyle.GREEN, 6, Mark.CIRCLE),
              new MethodStyle("admin", "Admin", PaperStyle.ORANGE, 5, Mark.PEAK),
              new MethodStyle("t-fixup", "T-Fixup", BROWN, 6, Mark.TRIANGLE),
              new MethodStyle("ds-init", "DS-Init", OLIVE, 3, Mark.RING),
              new MethodStyle("post-ln-init", "Post-LN-init", BROWN, 4, Mark.CIRCLE),
              new MethodStyle("sigma-reparam", "σReparam", PaperStyle.PURPLE, 3, Mark.SQUARE))
          .stream()
          .collect(Collectors.toMap(MethodStyle::name, Function.identity()));

  /**
   * @param method a method's registry name
   * @return its style, the same wherever it is asked for
   */
  static MethodStyle of(String method) {
    MethodStyle known = REGISTRY.get(method);
    return known == null ? unknown(method) : known;
  }

  /** Methods that have a style of their own. */
  static Iterable<MethodStyle> known() {
    return REGISTRY.values();
  }

  private static MethodStyle unknown(String method) {
    // a cross is a run that diverged
    List<Mark> marks = Arrays.stream(Mark.values()).filter(m -> m != Mark.CROSS).toList();
    int hash = Math.floorMod(31 * method.hashCode(), COLORS.size() * DASHES * marks.size());
    return new MethodStyle(
        method,
        method,
        COLORS.get(hash % COLORS.size()),
        hash / COLORS.size() % DASHES,
        marks.get(hash / COLORS.size() / DASHES));
  }

  /** The name in papers; that of a variant without α follows from the method's. */
  @Override
  public String words() {
    if (name.endsWith(NO_ALPHA) && (words.isEmpty() || words.equals(name))) {
      return of(name.substring(0, name.length() - NO_ALPHA.length())).words() + " without α";
    }
    return words;
  }

  Pen pen() {
    return PaperStyle.pen(color, dash, mark);
  }
}
