package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.MaxPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2DDerivative;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * ND4J's {@code maxpool2d} and {@code avgpool2d} and their gradients by oneDNN. Each thread takes
 * its share of the batch.
 */
final class OneDnnPooling {
  /** The ops that {@link #prepare} knows. */
  static final List<Class<? extends DynamicCustomOp>> OPS =
      List.of(MaxPooling2D.class, AvgPooling2D.class, Pooling2D.class, Pooling2DDerivative.class);

  private static final int MODE = 8;
  private static final int INCLUDE_PADDING = 9;
  private static final int CHANNELS_LAST = 10;

  private final dnnl.algorithm pooled;
  private final Window window;

  private OneDnnPooling(dnnl.algorithm pooled, Window window) {
    this.pooled = pooled;
    this.window = window;
  }

  /**
   * Prepares a pooling or its gradient.
   *
   * @param op one of ND4J's poolings
   * @param inputs the image; for a gradient, also the upstream one
   * @param outputs the result; for a gradient, that of the image
   * @param threads size of the team
   * @return empty for another op, type or kind of window
   */
  static Optional<Task> prepare(
      DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    if (!(op instanceof DynamicCustomOp custom)) {
      return Optional.empty();
    }
    String name = custom.opName();
    boolean max = name.startsWith("maxpool2d");
    boolean backward = name.endsWith("pool2d_bp");
    boolean known = max || name.startsWith("avgpool2d");
    if (!known || !(backward || name.endsWith("pool2d"))) {
      return Optional.empty();
    }
    long[] a = custom.iArgs();
    if (a.length <= INCLUDE_PADDING
        || a[MODE] > 1
        || !Floating.all(inputs, outputs)
        || inputs.get(0).shape().length != 4) {
      return Optional.empty();
    }
    boolean last = a.length > CHANNELS_LAST && a[CHANNELS_LAST] == 1;
    Image image = Image.of(inputs.get(0), last);
    Image result = Image.of(backward ? inputs.get(1) : outputs.get(0), last);
    Window window =
        Window.of(
            new long[] {a[0], a[1]},
            new long[] {a[2], a[3]},
            new long[] {a[6], a[7]},
            (int) a[MODE],
            new long[] {a[4], a[5]},
            image.area(),
            result.area());
    if (!window.isUsual(image.area(), result.area())) {
      return Optional.empty();
    }
    dnnl.algorithm average =
        a[INCLUDE_PADDING] == 0
            ? dnnl.algorithm.pooling_avg_exclude_padding
            : dnnl.algorithm.pooling_avg_include_padding;
    OneDnnPooling pooling = new OneDnnPooling(max ? dnnl.algorithm.pooling_max : average, window);
    int batch = Math.toIntExact(image.batch());
    Image gradient = backward ? image.at(outputs.get(0).address()) : null;
    return Optional.of(
        new SequenceTask(
            threads,
            batch,
            (from, to) ->
                backward
                    ? pooling.backward(
                        image.part(from, to), result.part(from, to), gradient.part(from, to))
                    : pooling.forward(image.part(from, to), result.part(from, to))));
  }

  private pooling_forward.primitive_desc description(Image in, Image out, dnnl.prop_kind kind) {
    return new pooling_forward.primitive_desc(
        OneDnn.CPU,
        kind,
        pooled,
        in.layout(),
        out.layout(),
        window.strides(),
        window.kernel(),
        window.gaps(),
        window.before(),
        window.after(),
        OneDnnSequence.attributes(),
        false);
  }

  private OneDnnSequence forward(Image in, Image out) {
    OneDnnSequence sequence = new OneDnnSequence();
    pooling_forward.primitive_desc description =
        description(in, out, dnnl.prop_kind.forward_inference);
    sequence.run(
        new pooling_forward(description),
        description,
        new int[] {DNNL_ARG_SRC, DNNL_ARG_DST},
        sequence.at(in.address(), in.layout()),
        sequence.at(out.address(), out.layout()));
    return sequence;
  }

  private OneDnnSequence backward(Image in, Image g, Image toInput) {
    OneDnnSequence sequence = new OneDnnSequence();
    pooling_forward.primitive_desc hint = description(in, g, dnnl.prop_kind.forward_training);
    pooling_backward.primitive_desc description =
        new pooling_backward.primitive_desc(
            OneDnn.CPU,
            pooled,
            toInput.layout(),
            g.layout(),
            window.strides(),
            window.kernel(),
            window.gaps(),
            window.before(),
            window.after(),
            hint,
            OneDnnSequence.attributes(),
            false);
    memory upstream = sequence.at(g.address(), g.layout());
    memory written = sequence.at(toInput.address(), toInput.layout());
    pooling_backward gradient = new pooling_backward(description);
    if (pooled == dnnl.algorithm.pooling_max) {
      // the forward pass notes where each maximum was
      memory places = sequence.buffer(hint.workspace_desc());
      sequence.run(
          new pooling_forward(hint),
          hint,
          new int[] {DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_WORKSPACE},
          sequence.at(in.address(), in.layout()),
          sequence.buffer(g.layout()),
          places);
      sequence.run(
          gradient,
          description,
          new int[] {DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC, DNNL_ARG_WORKSPACE},
          upstream,
          written,
          places);
    } else {
      sequence.run(
          gradient,
          description,
          new int[] {DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
          upstream,
          written);
    }
    return sequence;
  }
}
