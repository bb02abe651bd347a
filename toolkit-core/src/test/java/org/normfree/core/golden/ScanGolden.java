package org.normfree.core.golden;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.SelectiveScan;

/** Cases of {@code scan.json}: the selective scan and the short convolution before it. */
final class ScanGolden {
  /** [batch, channels, length] as [batch, length, channels], and back. */
  private static final int[] LAST = {0, 2, 1};

  private ScanGolden() {}

  static void register(GoldenFolder folder) {
    folder.kind("selective_scan", ScanGolden::scan).kind("causal_conv1d", ScanGolden::convolution);
  }

  private static void scan(GoldenCase golden) {
    boolean softplus = golden.flag("softplus");
    new GoldenOp(golden)
        .input("u", LAST)
        .input("delta", LAST)
        .input("A")
        .input("B", LAST)
        .input("C", LAST)
        .input("D")
        .input("z", LAST)
        .input("deltaBias")
        .check(
            "y",
            (ops, in) ->
                ops.selectiveScan(
                    null,
                    in.get("u"),
                    in.get("delta"),
                    in.get("A"),
                    in.get("B"),
                    in.get("C"),
                    in.get("D"),
                    in.get("z"),
                    in.get("deltaBias"),
                    softplus,
                    false),
            LAST);
    golden.compare("lastState", lastState(golden, softplus));
  }

  /** The state behind the last position: what comes out where C takes one number of it alone. */
  private static INDArray lastState(GoldenCase golden, boolean softplus) {
    INDArray u = last(golden, "u");
    INDArray b = last(golden, "B");
    INDArray bias = golden.has("deltaBias") ? golden.tensor("deltaBias") : null;
    INDArray states = Nd4j.create(golden.type(), golden.shape("lastState"));
    for (long n = 0; n < b.size(2); n++) {
      INDArray c = b.like();
      c.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(n)).assign(1);
      INDArray h =
          Nd4j.exec(
              new SelectiveScan(
                  u,
                  last(golden, "delta"),
                  golden.tensor("A"),
                  b,
                  c,
                  null,
                  null,
                  bias,
                  softplus,
                  false))[0];
      states
          .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(n))
          .assign(h.get(NDArrayIndex.all(), NDArrayIndex.point(u.size(1) - 1)));
    }
    return states;
  }

  private static INDArray last(GoldenCase golden, String path) {
    return golden.tensor(path).permute(LAST).dup('c');
  }

  private static void convolution(GoldenCase golden) {
    long[] weight = golden.shape("weight");
    boolean silu = golden.flag("silu");
    ConvolutionTerms terms = ConvolutionTerms.sequence(weight[1]).causal().groups(weight[0]);
    new GoldenOp(golden)
        .input("x", LAST)
        .input("weight", 1, 0)
        .input("bias")
        .check(
            "y",
            (ops, in) -> {
              var taps = in.get("weight").reshape(weight[1], 1, weight[0]);
              var y = ops.convolution1d(null, in.get("x"), taps, in.get("bias"), terms);
              return silu ? ops.silu(null, y) : y;
            },
            LAST);
  }
}
