package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.core.kernel.JavaKernelTest.agrees;
import static org.normfree.core.kernel.JavaKernelTest.present;
import static org.normfree.core.kernel.JavaKernelTest.random;
import static org.normfree.core.kernel.JavaKernelTest.shapes;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.kernel.JavaKernelTest.Call;
import org.normfree.core.op.LongConvolution;
import org.normfree.core.op.LongConvolutionGradient;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.SelectiveScan;
import org.normfree.core.op.SelectiveScanGradient;

/** The Java kernel's ops on sequences, checked as {@link JavaKernelTest} does. */
class SequenceKernelTest {
  private static Supplier<NormfreeOp> with(Supplier<NormfreeOp> op, boolean... flags) {
    return () -> {
      NormfreeOp made = op.get();
      made.addBArgument(flags);
      return made;
    };
  }

  @Test
  void theScanAgreesWithTheReference() {
    long[][] sizes = {
      {1, 1, 1, 1}, {2, 5, 3, 2}, {1, 64, 17, 3}, {3, 67, 16, 16}, {2, 129, 33, 5}, {1, 200, 131, 4}
    };
    for (long[] size : sizes) {
      for (int options : new int[] {0, 31, 8 + 1, 16 + 8 + 4, 2 + 4}) {
        scan(size, options);
      }
    }
  }

  private static void scan(long[] size, int options) {
    boolean[] flags = new boolean[5];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (options >> i & 1) == 1;
    }
    long[] u = {size[0], size[1], size[2]};
    long[] b = {size[0], size[1], size[3]};
    INDArray delta = random(2, u);
    if (!flags[3]) {
      delta = Nd4j.math().abs(delta).muli(0.2);
    }
    List<INDArray> inputs =
        new ArrayList<>(
            present(
                random(1, u),
                delta,
                random(3, size[2], size[3]).subi(2.4),
                random(4, b),
                random(5, b),
                flags[0] ? random(6, size[2]) : null,
                flags[1] ? random(7, u) : null,
                flags[2] ? Nd4j.math().abs(random(8, size[2])) : null));
    String name = "scan " + Integer.toBinaryString(options);
    long[] states = {size[0], SelectiveScan.chunks(size[1]), size[3], size[2]};
    Call forward =
        new Call(name, with(SelectiveScan::new, flags), inputs, List.of(u, states), 0, 1);
    agrees(forward);
    List<INDArray> withUpstream = new ArrayList<>(inputs);
    withUpstream.add(random(9, u));
    Supplier<NormfreeOp> gradient = with(SelectiveScanGradient::new, flags);
    agrees(new Call(name + ", gradient", gradient, withUpstream, shapes(inputs), 0, inputs.size()));
    List<INDArray> withStates = new ArrayList<>(withUpstream);
    withStates.add(forward.prepared(new PlainLoops(), 1, -1).get(1));
    agrees(new Call(name + ", gradient from states", gradient, withStates, shapes(inputs)));
  }

  @Test
  void theLongConvolutionAgreesWithTheReference() {
    long[][] sizes = {
      {1, 1, 1}, {2, 7, 3}, {1, 64, 17}, {2, 65, 16}, {3, 131, 33}, {1, 300, 5}, {2, 1030, 2}
    };
    for (long[] size : sizes) {
      for (boolean skips : new boolean[] {false, true}) {
        INDArray u = random(1, size);
        List<INDArray> inputs =
            new ArrayList<>(
                present(u, random(2, size[1], size[2]), skips ? random(3, size[2]) : null));
        Supplier<NormfreeOp> op = with(LongConvolution::new, skips);
        agrees(new Call("long convolution", op, inputs, List.of(size), 0));
        List<long[]> gradients = shapes(inputs);
        inputs.add(random(4, size));
        agrees(
            new Call(
                "long convolution, gradient",
                with(LongConvolutionGradient::new, skips),
                inputs,
                gradients,
                0,
                inputs.size() - 1));
      }
    }
  }

  @Test
  void theSpectrumThatWasKeptGivesTheSameGradient() {
    long[] size = {2, 131, 21};
    INDArray u = random(1, size);
    INDArray filter = random(2, size[1], size[2]);
    INDArray upstream = random(3, size);
    Supplier<NormfreeOp> gradient = with(LongConvolutionGradient::new, false);
    for (RowLoops loops : List.of(new PlainLoops(), LoopChoice.vectors())) {
      Call forward =
          new Call(
              "forward",
              with(LongConvolution::new, false),
              List.of(u, filter),
              List.of(size, new LongConvolution().savedShapes(List.of(size)).get(0)));
      INDArray kept = forward.prepared(loops, 2, -1).get(1);
      List<long[]> shapes = List.of(size, filter.shape());
      Call again = new Call("again", gradient, List.of(u, filter, upstream), shapes);
      Call from = new Call("from it", gradient, List.of(u, filter, upstream, kept), shapes);
      assertThat(from.prepared(loops, 3, -1)).isEqualTo(again.prepared(loops, 1, -1));
    }
  }
}
