package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv1D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv1DDerivative;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2DDerivative;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.DepthwiseConv2DBp;
import org.normfree.core.op.Convolution;
import org.normfree.core.op.ConvolutionGradient;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * The project's convolutions and ND4J's, {@code conv2d}, {@code depthwise_conv2d}, {@code conv1d},
 * and their gradients by oneDNN. Each thread takes its share of the batch; gradients of weights are
 * summed over parts of the batch, as many whatever the team, in their order. For those of depthwise
 * convolutions {@link DepthwiseWeightTask} comes first.
 *
 * <p>Arrays with channels last are read and written as they lie, others by way of a copy in
 * oneDNN's own layout, as the weights always are.
 */
final class OneDnnConvolution {
  /** The ops that {@link #prepare} knows. */
  static final List<Class<? extends DynamicCustomOp>> OPS =
      List.of(
          Conv1D.class,
          Conv1DDerivative.class,
          Conv2D.class,
          Conv2DDerivative.class,
          DepthwiseConv2D.class,
          DepthwiseConv2DBp.class,
          Convolution.class,
          ConvolutionGradient.class);

  /** Sums of parts of a batch hold together at most this share of what is summed up ... */
  private static final int SHARE = 2;

  /** ... but two threads have something to do. */
  private static final int FEWEST_PARTS = 2;

  private final Image input;
  private final Filters weights;
  private final Image result;
  private final Window window;

  /**
   * @param result where the result goes, or where its gradient is
   */
  private OneDnnConvolution(Image input, Filters weights, Image result, Window window) {
    this.input = input;
    this.weights = weights;
    this.result = result;
    this.window = window;
  }

  /**
   * Prepares a convolution or its gradient.
   *
   * @param op a convolution
   * @param inputs image, weights, the bias if there is one; for a gradient, the upstream one last
   * @param outputs the result; for a gradient, those of image, weights and bias
   * @param threads size of the team
   * @return empty for another op, type or kind of window
   */
  static Optional<Task> prepare(
      DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    if (!Floating.all(inputs, outputs)) {
      return Optional.empty();
    }
    Tensor bias = inputs.size() > 2 ? inputs.get(2) : null;
    if (op instanceof Convolution own) {
      return of(own.terms(), inputs, outputs.get(0)).map(c -> c.forward(bias, threads));
    } else if (op instanceof ConvolutionGradient own) {
      IntFunction<Tensor> gradient = number -> number < 0 ? null : outputs.get(number);
      return of(own.terms(), inputs, inputs.get(2))
          .map(
              c ->
                  c.backward(
                      gradient.apply(own.toInput()),
                      gradient.apply(own.toWeight()),
                      gradient.apply(own.toBias()),
                      threads));
    } else if (op instanceof DynamicCustomOp custom) {
      return ofNd4j(custom, inputs, outputs, threads);
    }
    return Optional.empty();
  }

  private static Optional<OneDnnConvolution> of(
      ConvolutionTerms terms, List<Tensor> inputs, Tensor resultOrGradient) {
    Image image = Image.of(inputs.get(0), true);
    Image result = Image.of(resultOrGradient, true);
    Window window = Window.of(terms.plane(), image.area(), result.area());
    Filters filters = Filters.grouped(inputs.get(1), terms.groups());
    return window.isUsual(image.area(), result.area())
        ? Optional.of(new OneDnnConvolution(image, filters, result, window))
        : Optional.empty();
  }

  private static Optional<Task> ofNd4j(
      DynamicCustomOp op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    String name = op.opName();
    boolean backward = name.endsWith("_bp");
    String kind = backward ? name.substring(0, name.length() - "_bp".length()) : name;
    boolean sequence = kind.equals("conv1d");
    boolean depthwise = kind.equals("depthwise_conv2d");
    if (!sequence && !depthwise && !kind.equals("conv2d")) {
      return Optional.empty();
    }
    long[] arguments = op.iArgs();
    boolean last = argument(arguments, sequence ? 5 : 9) == 1;
    int format = argument(arguments, sequence ? 6 : 10);
    int mode = argument(arguments, sequence ? 4 : 8);
    int rank = sequence ? 3 : 4;
    if (inputs.get(0).shape().length != rank
        || inputs.get(1).shape().length != rank
        || format > (sequence ? 0 : 2)
        || (mode == 2 && !sequence)) {
      return Optional.empty();
    }
    Image image = Image.of(inputs.get(0), last);
    Filters filters =
        depthwise ? Filters.depthwise(inputs.get(1), format) : Filters.dense(inputs.get(1), format);
    Tensor resultOrGradient = backward ? inputs.get(inputs.size() - 1) : outputs.get(0);
    Image result = Image.of(resultOrGradient, last);
    Window window =
        Window.of(
            filters.area(),
            pair(arguments, sequence, 1, 2, 1),
            pair(arguments, sequence, 3, 6, 1),
            mode,
            pair(arguments, sequence, 2, 4, 0),
            image.area(),
            result.area());
    if (!window.isUsual(image.area(), result.area())) {
      return Optional.empty();
    }
    OneDnnConvolution convolution = new OneDnnConvolution(image, filters, result, window);
    if (!backward) {
      Tensor bias = inputs.size() > 2 ? inputs.get(2) : null;
      return Optional.of(convolution.forward(bias, threads));
    }
    Tensor toBias = outputs.size() > 2 ? outputs.get(2) : null;
    return Optional.of(convolution.backward(outputs.get(0), outputs.get(1), toBias, threads));
  }

  private static int argument(long[] arguments, int index) {
    return index < arguments.length ? (int) arguments[index] : 0;
  }

  /** An argument for height and width; a sequence has one for the width only. */
  private static long[] pair(long[] arguments, boolean sequence, int of1d, int of2d, long height) {
    return sequence
        ? new long[] {height, arguments[of1d]}
        : new long[] {arguments[of2d], arguments[of2d + 1]};
  }

  private static memory.desc vector(long length) {
    return new memory.desc(new long[] {length}, memory.data_type.f32, new long[] {1});
  }

  private convolution_forward.primitive_desc description(Image in, Image out, boolean biased) {
    return biased
        ? new convolution_forward.primitive_desc(
            OneDnn.CPU,
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.convolution_direct,
            in.preferred(),
            weights.anyLayout(),
            vector(out.channels()),
            out.preferred(),
            window.strides(),
            window.gaps(),
            window.before(),
            window.after(),
            OneDnnSequence.attributes(),
            false)
        : new convolution_forward.primitive_desc(
            OneDnn.CPU,
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.convolution_direct,
            in.preferred(),
            weights.anyLayout(),
            out.preferred(),
            window.strides(),
            window.gaps(),
            window.before(),
            window.after(),
            OneDnnSequence.attributes(),
            false);
  }

  private Task forward(Tensor bias, int threads) {
    return new SequenceTask(
        threads,
        Math.toIntExact(input.batch()),
        (from, to) -> forward(bias, input.part(from, to), result.part(from, to)));
  }

  private OneDnnSequence forward(Tensor bias, Image in, Image out) {
    OneDnnSequence sequence = new OneDnnSequence();
    convolution_forward.primitive_desc description = description(in, out, bias != null);
    memory src = sequence.in(sequence.at(in.address(), in.layout()), description.src_desc());
    memory filters =
        sequence.in(sequence.at(weights.address(), weights.layout()), description.weights_desc());
    memory array = sequence.at(out.address(), out.layout());
    memory dst = sequence.forOut(array, description.dst_desc());
    convolution_forward convolution = new convolution_forward(description);
    if (bias == null) {
      sequence.run(
          convolution,
          description,
          new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
          src,
          filters,
          dst);
    } else {
      sequence.run(
          convolution,
          description,
          new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS},
          src,
          filters,
          dst,
          sequence.at(bias.address(), vector(bias.length())));
    }
    sequence.out(dst, array);
    return sequence;
  }

  /** The gradients that have a place; in parts of the batch where there are sums over it. */
  private Task backward(Tensor toInput, Tensor toWeights, Tensor toBias, int threads) {
    if (toWeights == null) {
      return shared(toInput, null, null, threads);
    }
    long perSum = (input.length() + result.length()) / (SHARE * toWeights.length());
    int parts = DividedTask.parts(Math.min(input.batch(), Math.max(FEWEST_PARTS, perSum)), 1);
    return DividedTask.of(parts, threads, shares -> shared(toInput, toWeights, toBias, shares));
  }

  private Task shared(Tensor toInput, Tensor toWeights, Tensor toBias, int threads) {
    int batch = Math.toIntExact(input.batch());
    Partials partials = new Partials(threads, batch);
    if (toWeights != null) {
      partials.add(toWeights.address(), toWeights.length());
    }
    if (toBias != null) {
      partials.add(toBias.address(), toBias.length());
    }
    return new SequenceTask(
        threads,
        batch,
        (from, to) -> {
          OneDnnSequence sequence = new OneDnnSequence();
          Image in = input.part(from, to);
          Image g = result.part(from, to);
          convolution_forward.primitive_desc hint = description(in, g, false);
          memory gradient = sequence.at(g.address(), g.layout());
          if (toInput != null) {
            Image share = input.at(toInput.address()).part(from, to);
            appendToInput(sequence, hint, g, gradient, share);
          }
          if (toWeights != null) {
            appendToWeights(
                sequence,
                hint,
                in,
                g,
                gradient,
                weights.at(partials.address(0, from)),
                toBias == null ? 0 : partials.address(1, from),
                toBias != null);
          }
          return sequence;
        },
        partials);
  }

  private void appendToInput(
      OneDnnSequence sequence,
      convolution_forward.primitive_desc hint,
      Image g,
      memory gradient,
      Image toInput) {
    convolution_backward_data.primitive_desc description =
        new convolution_backward_data.primitive_desc(
            OneDnn.CPU,
            dnnl.algorithm.convolution_direct,
            toInput.preferred(),
            weights.anyLayout(),
            g.preferred(),
            window.strides(),
            window.gaps(),
            window.before(),
            window.after(),
            hint,
            OneDnnSequence.attributes(),
            false);
    memory array = sequence.at(toInput.address(), toInput.layout());
    memory written = sequence.forOut(array, description.diff_src_desc());
    sequence.run(
        new convolution_backward_data(description),
        description,
        new int[] {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC},
        sequence.in(gradient, description.diff_dst_desc()),
        sequence.in(sequence.at(weights.address(), weights.layout()), description.weights_desc()),
        written);
    sequence.out(written, array);
  }

  private void appendToWeights(
      OneDnnSequence sequence,
      convolution_forward.primitive_desc hint,
      Image in,
      Image g,
      memory gradient,
      Filters toWeights,
      long toBias,
      boolean biased) {
    convolution_backward_weights.primitive_desc description =
        biased
            ? new convolution_backward_weights.primitive_desc(
                OneDnn.CPU,
                dnnl.algorithm.convolution_direct,
                in.preferred(),
                weights.anyLayout(),
                vector(g.channels()),
                g.preferred(),
                window.strides(),
                window.gaps(),
                window.before(),
                window.after(),
                hint,
                OneDnnSequence.attributes(),
                false)
            : new convolution_backward_weights.primitive_desc(
                OneDnn.CPU,
                dnnl.algorithm.convolution_direct,
                in.preferred(),
                weights.anyLayout(),
                g.preferred(),
                window.strides(),
                window.gaps(),
                window.before(),
                window.after(),
                hint,
                OneDnnSequence.attributes(),
                false);
    memory array = sequence.at(toWeights.address(), toWeights.layout());
    memory written = sequence.forOut(array, description.diff_weights_desc());
    memory src = sequence.in(sequence.at(in.address(), in.layout()), description.src_desc());
    memory dst = sequence.in(gradient, description.diff_dst_desc());
    convolution_backward_weights convolution = new convolution_backward_weights(description);
    if (biased) {
      sequence.run(
          convolution,
          description,
          new int[] {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_BIAS},
          src,
          dst,
          written,
          sequence.at(toBias, vector(g.channels())));
    } else {
      sequence.run(
          convolution,
          description,
          new int[] {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS},
          src,
          dst,
          written);
    }
    sequence.out(written, array);
  }
}
