package org.normfree.core.model.speech;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * Positions told by a convolution: {@code gelu(conv(x))} over a wide window, as many frames as x
 * has (of an even window the last one is not computed). Its weight has a gain for each place of the
 * window, {@code g_k·v_k/‖v_k‖}, and begins as v, normal with variance {@code 4/(kernel·width)};
 * the bias begins at 0. Source: arXiv 2006.11477 and facebookresearch/fairseq.
 *
 * @param width channels
 * @param kernel frames of the window
 * @param groups of channels
 */
record PositionConvolution(int width, int kernel, int groups) {
  /**
   * Computes what is added to the frames. The parameters are {@code v}, {@code g} and {@code bias}.
   *
   * @param scope the convolution's place
   * @param x [batch, frames, width]
   * @return [batch, frames, width]
   */
  SDVariable of(Scope scope, SDVariable x) {
    ConvolutionTerms terms =
        ConvolutionTerms.sequence(kernel).padding(kernel / 2, (kernel - 1) / 2).groups(groups);
    double deviation = Math.sqrt(4.0 / ((double) kernel * width));
    SDVariable v =
        scope.parameter("v", Initializer.normal(deviation), terms.weightShape(width, width));
    INDArray start = v.getArr();
    SDVariable g =
        scope.parameter(
            "g",
            (shape, rng) ->
                start
                    .reshape('c', kernel, -1)
                    .castTo(DataType.DOUBLE)
                    .norm2(1)
                    .dup('c')
                    .data()
                    .asDouble(),
            kernel);
    SDVariable weight = scope.ops().weightNorm(scope.name("weight"), v, g, 0);
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), width);
    SDVariable y = scope.ops().convolution1d(scope.name("output"), x, weight, bias, terms);
    return scope.ops().gelu(scope.name("gelu"), y);
  }
}
