package org.normfree.core.kernel;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.normfree.core.kernel.Preparations.Arrays;
import org.normfree.core.op.Convolution;
import org.normfree.core.op.ConvolutionGradient;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.WindowAxis;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Convolutions 3×3 of stride 1 and their gradients by {@link WinogradLoops}, where that was
 * measured to be faster than oneDNN's direct form: with the Vector API. Errors, beside results in
 * double precision, are at most 1e-5 of the largest entry; some 1e-6 were measured.
 */
final class Winograd {
  private static final int TAPS = 3;

  /** Fewest channels of either side. */
  private static final int FEWEST_CHANNELS = 32;

  /** Most weights of a tap, so that all 36 places stay in the second-level cache. */
  private static final long MOST_WEIGHTS = 64 * 64;

  /** Fewest tiles, beside which the weights are little. */
  private static final int FEWEST_TILES = 64;

  /** The least share of the tiles' results that is wanted. */
  private static final double LEAST_SHARE = 0.6;

  private Winograd() {}

  /**
   * Prepares a convolution.
   *
   * @return empty for another window, type or size
   */
  static Optional<Task> forward(RowLoops loops, Convolution op, Arrays in) {
    Tensor bias = in.inputs().size() > 2 ? in.input(2) : null;
    return pays(loops, op.terms(), in, in.output(0))
        ? Optional.of(
            WinogradTask.forward(
                loops,
                in.input(0),
                in.input(1),
                bias,
                in.output(0),
                above(op.terms()),
                left(op.terms()),
                in.threads()))
        : Optional.empty();
  }

  /**
   * Prepares the gradient of the input or of the weights.
   *
   * @return empty for another window, type or size, or where more than one of the two is wanted
   */
  static Optional<Task> backward(RowLoops loops, ConvolutionGradient op, Arrays in) {
    ConvolutionTerms terms = op.terms();
    if (op.getNumOutputs() != 1 || !pays(loops, terms, in, in.input(2))) {
      return Optional.empty();
    }
    return Optional.of(
        op.toInput() >= 0
            ? WinogradTask.toInput(
                loops,
                in.input(2),
                in.input(1),
                in.output(0),
                above(terms),
                left(terms),
                in.threads())
            : new WinogradWeightTask(
                loops,
                in.input(0),
                in.input(2),
                in.output(0),
                above(terms),
                left(terms),
                in.threads()));
  }

  private static int above(ConvolutionTerms terms) {
    return Math.toIntExact(terms.axes().get(0).before());
  }

  private static int left(ConvolutionTerms terms) {
    return Math.toIntExact(terms.axes().get(1).before());
  }

  private static boolean pays(
      RowLoops loops, ConvolutionTerms terms, Arrays arrays, Tensor result) {
    boolean fits =
        loops.lanes() > 1
            && Floating.all(arrays.inputs(), arrays.outputs())
            && Stream.of(arrays.inputs(), arrays.outputs())
                .flatMap(List::stream)
                .allMatch(tensor -> tensor.length() <= Floats.MOST)
            && terms.groups() == 1
            && terms.axes().size() == 2
            && terms.axes().stream().allMatch(Winograd::isUsual);
    if (!fits) {
      return false;
    }
    int in = arrays.input(0).columns();
    int out = result.columns();
    long tiles = new WinogradTiles(result, in).tiles();
    return Math.min(in, out) >= FEWEST_CHANNELS
        && in % loops.lanes() == 0
        && out % loops.lanes() == 0
        && (long) in * out <= MOST_WEIGHTS
        && tiles >= FEWEST_TILES
        && result.rows() >= LEAST_SHARE * tiles * WinogradTiles.SIDE * WinogradTiles.SIDE;
  }

  private static boolean isUsual(WindowAxis axis) {
    return axis.size() == TAPS && axis.stride() == 1 && axis.dilation() == 1;
  }
}
