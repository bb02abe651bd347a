package org.normfree.core.golden;

import org.nd4j.autodiff.samediff.SDVariable;
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
    GoldenOp op =
        new GoldenOp(golden)
            .input("u", LAST)
            .input("delta", LAST)
            .input("A")
            .input("B", LAST)
            .input("C", LAST)
            .input("D")
            .input("z", LAST)
            .input("deltaBias");
    SDVariable y =
        op.ops()
            .selectiveScan(
                null,
                op.get("u"),
                op.get("delta"),
                op.get("A"),
                op.get("B"),
                op.get("C"),
                op.get("D"),
                op.get("z"),
                op.get("deltaBias"),
                softplus,
                false);
    op.check("y", y.permute(LAST));
    golden.compare("lastState", lastState(golden, softplus));
  }

  /** The state behind the last position: what comes out where C takes one number of it alone. */
  private static INDArray lastState(GoldenCase golden, boolean softplus) {
    INDArray u = last(golden, "u");
    INDArray delta = last(golden, "delta");
    INDArray a = golden.tensor("A");
    INDArray b = last(golden, "B");
    INDArray bias = golden.has("deltaBias") ? golden.tensor("deltaBias") : null;
    INDArray states = Nd4j.create(golden.type(), golden.shape("lastState"));
    for (long n = 0; n < b.size(2); n++) {
      INDArray c = b.like();
      c.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(n)).assign(1);
      INDArray h =
          Nd4j.exec(new SelectiveScan(u, delta, a, b, c, null, null, bias, softplus, false))[0];
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
    ConvolutionTerms terms = ConvolutionTerms.sequence(weight[1]).causal().groups(weight[0]);
    GoldenOp op = new GoldenOp(golden).input("x", LAST).input("weight", 1, 0).input("bias");
    SDVariable taps = op.get("weight").reshape(weight[1], 1, weight[0]);
    SDVariable y = op.ops().convolution1d(null, op.get("x"), taps, op.get("bias"), terms);
    y = golden.flag("silu") ? op.ops().silu(null, y) : y;
    op.check("y", y.permute(LAST));
  }
}
