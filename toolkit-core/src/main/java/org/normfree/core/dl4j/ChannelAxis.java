package org.normfree.core.dl4j;

import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Where Deeplearning4j keeps the channels of an activation: on axis 1, or last in its NWC, NHWC and
 * NDHWC formats, while the ops work over the last axis.
 */
final class ChannelAxis {
  private ChannelAxis() {}

  /** Number of channels; for a flat input the number of columns. */
  static long size(InputType type) {
    return switch (type.getType()) {
      case FF -> ((InputType.InputTypeFeedForward) type).getSize();
      case RNN -> ((InputType.InputTypeRecurrent) type).getSize();
      case CNN -> ((InputType.InputTypeConvolutional) type).getChannels();
      case CNN3D -> ((InputType.InputTypeConvolutional3D) type).getChannels();
      case CNNFlat -> ((InputType.InputTypeConvolutionalFlat) type).getFlattenedSize();
    };
  }

  /** Whether the channels already stand last. */
  static boolean isLast(InputType type) {
    return switch (type.getType()) {
      case FF, CNNFlat -> true;
      case RNN -> ((InputType.InputTypeRecurrent) type).getFormat() == RNNFormat.NWC;
      case CNN -> ((InputType.InputTypeConvolutional) type).getFormat() == CNN2DFormat.NHWC;
      case CNN3D ->
          ((InputType.InputTypeConvolutional3D) type).getDataFormat()
              == Convolution3D.DataFormat.NDHWC;
    };
  }

  /** [B, C, ...] with the channels moved last. */
  static SDVariable toLast(SameDiff sd, SDVariable x) {
    int rank = x.getShape().length;
    return rank == 2
        ? x
        : sd.permute(
            x, IntStream.range(0, rank).map(i -> i == 0 ? 0 : 1 + i % (rank - 1)).toArray());
  }

  /** The inverse of {@link #toLast}, for an array of the given rank. */
  static SDVariable fromLast(SameDiff sd, SDVariable y, int rank) {
    return rank == 2
        ? y
        : sd.permute(
            y, IntStream.range(0, rank).map(i -> i < 2 ? i * (rank - 1) : i - 1).toArray());
  }
}
