package org.normfree.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * What a convolution is besides its weights: how its window moves, and how channels are grouped.
 * Channels are numbered group by group, in the input and in the result; with as many groups as
 * input channels it is depthwise, and result channel {@code c·m + i} sees channel c alone.
 *
 * @param axes how the window moves, along height and width or along time
 * @param groups in how many groups, each of its own, the channels fall; at least 1
 */
public record ConvolutionTerms(List<WindowAxis> axes, long groups) {
  /**
   * @throws IllegalArgumentException if there is not one axis or two, or no group
   */
  public ConvolutionTerms {
    axes = List.copyOf(axes);
    if (axes.isEmpty() || axes.size() > 2) {
      throw new IllegalArgumentException(
          "a convolution along %s axes, expected 1 for sequences or 2 for images"
              .formatted(axes.size()));
    }
    if (groups < 1) {
      throw new IllegalArgumentException(
          "a convolution of %s groups, expected at least 1; as many as channels for a depthwise one"
              .formatted(groups));
    }
  }

  /** Over images, with a square window at every pixel, without padding. */
  public static ConvolutionTerms image(long size) {
    return new ConvolutionTerms(List.of(WindowAxis.of(size), WindowAxis.of(size)), 1);
  }

  /** Over sequences, with a window at every step, without padding. */
  public static ConvolutionTerms sequence(long size) {
    return new ConvolutionTerms(List.of(WindowAxis.of(size)), 1);
  }

  /** The same with another stride along every axis. */
  public ConvolutionTerms stride(long stride) {
    return each(axis -> axis.stride(stride));
  }

  /** The same with another dilation along every axis. */
  public ConvolutionTerms dilation(long dilation) {
    return each(axis -> axis.dilation(dilation));
  }

  /** The same with the same padding at either end of every axis. */
  public ConvolutionTerms padding(long both) {
    return each(axis -> axis.padding(both));
  }

  /** The same with another padding at the two ends of every axis. */
  public ConvolutionTerms padding(long before, long after) {
    return each(axis -> axis.padding(before, after));
  }

  /**
   * The same with {@code (size − 1)·dilation} zeros before and none behind: output t sees inputs up
   * to t, the last tap the present one. Set the dilation first.
   */
  public ConvolutionTerms causal() {
    return each(WindowAxis::causal);
  }

  /** The same in so many groups. */
  public ConvolutionTerms groups(long other) {
    return new ConvolutionTerms(axes, other);
  }

  private ConvolutionTerms each(UnaryOperator<WindowAxis> change) {
    return new ConvolutionTerms(axes.stream().map(change).toList(), groups);
  }

  /**
   * Shape of the weights.
   *
   * @param in channels of x
   * @param out channels of the result
   * @return [window..., in/groups, out]
   * @throws IllegalArgumentException if the groups do not divide them
   */
  public long[] weightShape(long in, long out) {
    if (in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "%s groups, expected a divisor of %s channels in and %s out; choose another number"
              .formatted(groups, in, out));
    }
    return LongStream.concat(
            axes.stream().mapToLong(WindowAxis::size), LongStream.of(in / groups, out))
        .toArray();
  }

  /** Height and width; a sequence has height 1. */
  public List<WindowAxis> plane() {
    return axes.size() == 2 ? axes : List.of(WindowAxis.of(1), axes.get(0));
  }

  /** Whether it is a linear map of every pixel or step alone. */
  boolean isPoint() {
    return groups == 1 && axes.stream().allMatch(WindowAxis::isPoint);
  }

  /**
   * What convolves the upstream gradient, with the taps reversed, to the gradient of x, where every
   * input has a tap on every output: with stride 1 and no more padding than the window reaches.
   *
   * @return empty elsewhere
   */
  Optional<ConvolutionTerms> transposed() {
    boolean fits =
        axes.stream()
            .allMatch(a -> a.stride() == 1 && a.before() < a.reach() && a.after() < a.reach());
    return fits
        ? Optional.of(each(a -> a.padding(a.reach() - 1 - a.before(), a.reach() - 1 - a.after())))
        : Optional.empty();
  }

  /** Writes them to an op's arguments. */
  void describe(NormfreeOp op) {
    op.addIArgument(groups);
    axes.forEach(axis -> op.addIArgument(axis.numbers()));
  }

  /** Reads them back from an op's arguments. */
  static ConvolutionTerms of(NormfreeOp op) {
    long[] arguments = op.iArgs();
    List<WindowAxis> axes = new ArrayList<>();
    for (int at = 1; at < arguments.length; at += WindowAxis.NUMBERS) {
      axes.add(WindowAxis.of(arguments, at));
    }
    return new ConvolutionTerms(axes, arguments[0]);
  }

  /** Shape of the result. */
  long[] outputs(long[] x, long[] weight) {
    long[] y = Arrays.copyOf(x, x.length);
    for (int axis = 0; axis < axes.size(); axis++) {
      y[axis + 1] = axes.get(axis).outputs(x[axis + 1]);
    }
    y[y.length - 1] = weight[weight.length - 1];
    return y;
  }
}
