package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.core.kernel.JavaKernelTest.agrees;
import static org.normfree.core.kernel.JavaKernelTest.present;
import static org.normfree.core.kernel.JavaKernelTest.random;
import static org.normfree.core.kernel.JavaKernelTest.shapes;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.kernel.JavaKernelTest.Call;
import org.normfree.core.op.ContrastiveLoss;
import org.normfree.core.op.ContrastiveLossGradient;
import org.normfree.core.op.ConvolutionGradient;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.CtcLoss;
import org.normfree.core.op.CtcLossGradient;
import org.normfree.core.op.GumbelQuantizer;
import org.normfree.core.op.GumbelQuantizerGradient;
import org.normfree.core.op.LongConvolution;
import org.normfree.core.op.LongConvolutionGradient;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.SelectiveScan;
import org.normfree.core.op.SelectiveScanGradient;
import org.normfree.core.op.WindowAxis;

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
    long[][] sizes = {{1, 1, 1, 1}, {2, 5, 3, 2}, {1, 64, 17, 3}, {3, 67, 16, 16}, {1, 129, 83, 5}};
    for (int i = 0; i < sizes.length; i++) {
      scan(sizes[i], i % 2 == 0 ? 31 : 0);
    }
    for (int options = 1; options < 31; options += 5) {
      scan(sizes[1], options);
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
  void decaysBelowTheSmallestNumberAreNothing() {
    INDArray rates = Nd4j.createFromArray(new float[][] {{-1e9f, -300}, {-80, 0}});
    List<INDArray> inputs =
        new ArrayList<>(
            List.of(
                random(1, 1, 9, 2),
                random(2, 1, 9, 2).addi(4),
                rates,
                random(3, 1, 9, 2),
                random(4, 1, 9, 2)));
    List<long[]> gradients = shapes(inputs);
    boolean[] flags = {false, false, false, true, false};
    agrees(
        new Call("fast", with(SelectiveScan::new, flags), inputs, List.of(new long[] {1, 9, 2})));
    inputs.add(random(5, 1, 9, 2));
    agrees(new Call("fast, gradient", with(SelectiveScanGradient::new, flags), inputs, gradients));
  }

  @Test
  void theSameTeamGivesTheSameBits() {
    long[] u = {3, 70, 37};
    INDArray delta = random(2, u);
    INDArray b = random(4, u[0], u[1], 5);
    INDArray rates = random(3, u[2], 5).subi(2.4);
    List<INDArray> inputs =
        List.of(random(1, u), delta, rates, b, random(5, b.shape()), random(6, u));
    boolean[] flags = {false, false, false, true, true};
    Call gradient =
        new Call(
            "gradient",
            with(SelectiveScanGradient::new, flags),
            inputs,
            shapes(inputs.subList(0, 5)));
    for (RowLoops loops : List.of(new PlainLoops(), LoopChoice.vectors())) {
      List<INDArray> first = gradient.prepared(loops, 2, -1);
      for (int i = 0; i < 20; i++) {
        assertThat(gradient.prepared(loops, 2, -1)).isEqualTo(first);
      }
    }
  }

  @Test
  void theLongConvolutionAgreesWithTheReference() {
    long[][] sizes = {
      {1, 1, 1},
      {2, 7, 3},
      {1, 48, 17},
      {2, 49, 16},
      {1, 65, 4},
      {3, 131, 83},
      {1, 520, 2}
    };
    for (int i = 0; i < sizes.length; i++) {
      longConvolution(sizes[i], i % 3 > 0);
    }
  }

  private static void longConvolution(long[] size, boolean skips) {
    INDArray u = random(1, size);
    List<INDArray> inputs =
        new ArrayList<>(present(u, random(2, size[1], size[2]), skips ? random(3, size[2]) : null));
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

  @Test
  void theWeightsOfADepthwiseConvolutionAgreeWithTheReference() {
    List<WindowAxis> axes =
        List.of(
            WindowAxis.of(4).causal(),
            WindowAxis.of(3).stride(2).padding(1, 0),
            WindowAxis.of(5).dilation(3).causal(),
            WindowAxis.of(7).padding(3),
            WindowAxis.of(1));
    for (WindowAxis axis : axes) {
      for (long[] size : new long[][] {{1, 2, 1}, {2, 7, 3}, {3, 67, 16}, {1, 330, 37}}) {
        weights(new ConvolutionTerms(List.of(axis), size[2]), size);
      }
      for (WindowAxis down : axes) {
        weights(new ConvolutionTerms(List.of(down, axis), 5), 2, 11, 13, 5);
      }
    }
  }

  private static void weights(ConvolutionTerms terms, long... x) {
    long channels = x[x.length - 1];
    long[] y = x.clone();
    List<Long> numbers = new ArrayList<>(List.of(channels));
    for (int i = 0; i < terms.axes().size(); i++) {
      WindowAxis axis = terms.axes().get(i);
      y[i + 1] = axis.outputs(x[i + 1]);
      numbers.addAll(
          List.of(axis.size(), axis.stride(), axis.dilation(), axis.before(), axis.after()));
      if (y[i + 1] < 1) {
        return;
      }
    }
    INDArray weight = random(2, terms.weightShape(channels, channels));
    Supplier<NormfreeOp> op =
        () -> {
          NormfreeOp made = new ConvolutionGradient();
          made.addIArgument(numbers.stream().mapToLong(Long::longValue).toArray());
          made.addBArgument(false, false, true);
          return made;
        };
    List<INDArray> inputs = List.of(random(1, x), weight, random(3, y));
    agrees(new Call("depthwise " + terms, op, inputs, List.of(weight.shape())));
  }

  private static INDArray ids(int from, int below, long... shape) {
    int length = 1;
    for (long size : shape) {
      length *= (int) size;
    }
    int[] ids = new SplittableRandom(3).ints(length, from, below).toArray();
    return Nd4j.createFromArray(ids).reshape(shape);
  }

  @Test
  void theLossesOfSpeechAgreeWithTheReference() {
    for (int[] size : new int[][] {{1, 1, 1, 2}, {3, 7, 5, 13}, {2, 31, 17, 29}}) {
      quantizer(size[0] * size[1], size[2], size[3]);
      contrastive(size[0], size[1], size[2], size[3]);
      ctc(size[0], size[1], size[3]);
    }
  }

  private static void quantizer(int rows, int width, int entries) {
    long[] all = {2L * entries};
    INDArray logits = random(1, rows, 2L * entries);
    INDArray table = random(2, 2L * entries, width);
    List<long[]> shapes = List.of(new long[] {rows, 2L * width}, new long[] {rows, 2}, all, all);
    for (boolean training : new boolean[] {false, true}) {
      List<INDArray> inputs =
          new ArrayList<>(
              present(
                  logits,
                  table,
                  training ? random(3, rows, 2L * entries) : null,
                  training ? Nd4j.createFromArray(0.7f) : null));
      agrees(new Call("quantizer", () -> with(new GumbelQuantizer(), 2), inputs, shapes));
      inputs.add(random(4, all));
      inputs.add(random(5, shapes.get(0)));
      agrees(
          new Call(
              "quantizer, gradient",
              () -> with(new GumbelQuantizerGradient(), 2),
              inputs,
              shapes(List.of(logits, table))));
    }
  }

  private static NormfreeOp with(NormfreeOp op, long attribute) {
    op.addIArgument(attribute);
    return op;
  }

  private static void contrastive(int batch, int length, int width, int count) {
    INDArray context = random(1, batch, length, width);
    INDArray targets = random(2, batch, length, width);
    INDArray negatives = ids(0, batch * length, batch, length, count);
    // every row is another code, so that no logit is −∞ but those of the own row
    INDArray codes = ids(0, 9999, batch, length, 1);
    long[] losses = {batch, length};
    long[] logits = {batch, length, count + 1L};
    if (batch * length > 1) {
      shiftOwn(negatives);
      List<INDArray> inputs = new ArrayList<>(List.of(context, targets, negatives, codes));
      agrees(
          new Call(
              "contrastive",
              () -> contrastive(new ContrastiveLoss()),
              inputs,
              List.of(losses, logits)));
      inputs.add(random(6, losses));
      inputs.add(random(3, logits));
      agrees(
          new Call(
              "contrastive, gradient",
              () -> {
                NormfreeOp op = contrastive(new ContrastiveLossGradient());
                op.addBArgument(true);
                return op;
              },
              inputs,
              shapes(List.of(context, targets))));
    }
  }

  /** Lets no row be a negative of its own. */
  private static void shiftOwn(INDArray negatives) {
    INDArray rows = negatives.reshape(negatives.size(0) * negatives.size(1), negatives.size(2));
    for (int row = 0; row < rows.rows(); row++) {
      for (int k = 0; k < rows.columns(); k++) {
        if (rows.getInt(row, k) == row) {
          rows.putScalar(row, k, (row + 1) % rows.rows());
        }
      }
    }
  }

  private static NormfreeOp contrastive(NormfreeOp op) {
    op.addTArgument(0.3);
    return op;
  }

  private static void ctc(int batch, int frames, int classes) {
    INDArray logits = random(1, batch, frames, classes);
    int most = Math.min(frames, 5);
    List<INDArray> inputs =
        new ArrayList<>(
            List.of(
                logits,
                ids(1, classes, batch, most),
                ids(0, frames + 1, batch),
                ids(0, most + 1, batch)));
    long[] losses = {batch};
    agrees(new Call("ctc", () -> with(new CtcLoss(), 0), inputs, List.of(losses)));
    inputs.add(random(2, losses));
    agrees(
        new Call(
            "ctc, gradient",
            () -> with(new CtcLossGradient(), 0),
            inputs,
            List.of(logits.shape())));
  }
}
