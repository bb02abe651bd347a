package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.SoftmaxBp;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * ND4J's {@code softmax} and its gradient by oneDNN, along any axis. Each thread takes its share of
 * what lies before the axis.
 */
final class OneDnnSoftmax {
  /** The ops that {@link #prepare} knows. */
  static final List<Class<? extends DynamicCustomOp>> OPS = List.of(SoftMax.class, SoftmaxBp.class);

  private static final int AXIS = 1;

  private final long outer;
  private final long length;
  private final long inner;

  private OneDnnSoftmax(long[] shape, int axis) {
    long before = 1;
    for (int i = 0; i < axis; i++) {
      before *= shape[i];
    }
    long behind = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      behind *= shape[i];
    }
    outer = before;
    length = shape[axis];
    inner = behind;
  }

  /**
   * Prepares a softmax or its gradient.
   *
   * @param op one of ND4J's
   * @param inputs the numbers; for a gradient, also the upstream one
   * @param outputs the result, which may be one of the inputs
   * @param threads size of the team
   * @return empty for another op, type or form
   */
  static Optional<Task> prepare(
      DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    if (!(op instanceof DynamicCustomOp custom)) {
      return Optional.empty();
    }
    boolean backward = custom.opName().equals("softmax_bp");
    int rank = inputs.get(0).shape().length;
    if (!(backward || custom.opName().equals("softmax"))
        || inputs.size() != (backward ? 2 : 1)
        || rank == 0
        || !Floating.all(inputs, outputs)) {
      return Optional.empty();
    }
    int axis = custom.iArgs().length == 0 ? rank - 1 : (int) custom.iArgs()[0];
    OneDnnSoftmax softmax = new OneDnnSoftmax(inputs.get(0).shape(), axis < 0 ? axis + rank : axis);
    return Optional.of(
        new SequenceTask(
            threads,
            Math.toIntExact(softmax.outer),
            (from, to) -> softmax.share(backward, from, to, inputs, outputs.get(0))));
  }

  private OneDnnSequence share(
      boolean backward, long from, long to, List<Tensor> inputs, Tensor output) {
    long[] sizes = {to - from, length, inner};
    long[] strides = {length * inner, inner, 1};
    memory.desc layout = new memory.desc(sizes, memory.data_type.f32, strides);
    long offset = from * length * inner * Float.BYTES;
    OneDnnSequence sequence = new OneDnnSequence();
    memory x = sequence.at(inputs.get(0).address() + offset, layout);
    memory y = sequence.at(output.address() + offset, layout);
    softmax_forward.primitive_desc forward =
        new softmax_forward.primitive_desc(
            OneDnn.CPU,
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.softmax_accurate,
            layout,
            layout,
            AXIS,
            OneDnnSequence.attributes(),
            false);
    // a buffer, since y may be where the upstream gradient is
    memory p = backward ? sequence.buffer(layout) : y;
    sequence.run(
        new softmax_forward(forward), forward, new int[] {DNNL_ARG_SRC, DNNL_ARG_DST}, x, p);
    if (backward) {
      softmax_backward.primitive_desc gradient =
          new softmax_backward.primitive_desc(
              OneDnn.CPU,
              dnnl.algorithm.softmax_accurate,
              layout,
              layout,
              layout,
              AXIS,
              forward,
              OneDnnSequence.attributes(),
              false);
      sequence.run(
          new softmax_backward(gradient),
          gradient,
          new int[] {DNNL_ARG_DST, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
          p,
          sequence.at(inputs.get(1).address() + offset, layout),
          y);
    }
    return sequence;
  }
}
