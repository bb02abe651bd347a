package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.factory.Nd4j;

class OpCopyTest {
  /** Ops whose settings lie in lists, in fields of their own, in objects and in variables. */
  private static SameDiff graph() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.var("x", Nd4j.rand(DataType.DOUBLE, 2, 3, 5, 7));
    SDVariable w = graph.var("w", Nd4j.rand(DataType.DOUBLE, 2, 3, 3, 4));
    SDVariable convolved =
        graph.cnn().conv2d("convolved", x, w, Conv2DConfig.builder().kH(2).kW(3).pW(1).build());
    SDVariable scaled = convolved.mul(1.5).permute(0, 2, 3, 1);
    SDVariable sliced = graph.stridedSlice(scaled, new long[] {0, 1}, new long[] {2, 3}, 1, 1);
    graph.nn().leakyRelu(sliced, 0.2).sum("sum", true, 0, 1).norm2("loss");
    graph.setLossVariables("loss");
    return graph;
  }

  @Test
  void aCopyComputesTheSame() {
    SameDiff graph = graph();
    SameDiff copy = GraphCopy.of(graph);

    assertThat(copy.outputSingle(null, "loss")).isEqualTo(graph.outputSingle(null, "loss"));
    graph.createGradFunction();
    copy.createGradFunction();
    for (String name : List.of("x", "w")) {
      assertThat(copy.calculateGradients(null, name))
          .isEqualTo(graph.calculateGradients(null, name));
    }
  }

  @Test
  void aCopyAndItsOriginalShareNothingThatChanges() {
    SameDiff graph = graph();
    SameDiff copy = GraphCopy.of(graph);
    int ops = graph.getOps().size();
    copy.createGradFunction();

    assertThat(graph.getOps()).hasSize(ops);
    for (SameDiffOp op : graph.getOps().values()) {
      DifferentialFunction twin = copy.getOpById(op.getName());
      assertThat(twin).isNotSameAs(op.getOp()).hasSameClassAs(op.getOp());
      assertThat(twin.getSameDiff()).isSameAs(copy);
      assertThat(op.getOp().getSameDiff()).isSameAs(graph);
      if (op.getOp() instanceof DynamicCustomOp custom) {
        DynamicCustomOp other = (DynamicCustomOp) twin;
        assertThat(other.iArgs()).isEqualTo(custom.iArgs());
        other.addIArgument(1);
        assertThat(other.iArgs()).isNotEqualTo(custom.iArgs());
      }
    }
  }

  @Test
  void whatAnOpHoldsOfItsGraphIsTheCopys() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.var("x", Nd4j.rand(DataType.DOUBLE, 2, 3));
    SDVariable axes = graph.constant("axes", Nd4j.createFromArray(0, 1));
    Sum sum = new Sum(graph, x, axes, true);
    SDVariable output = sum.outputVariable();
    SameDiff copy = GraphCopy.of(graph);
    Sum twin = (Sum) copy.getOpById(sum.getOwnName());

    assertThat(twin.arg(1).getSameDiff()).isSameAs(copy);
    assertThat(twin.isKeepDims()).isEqualTo(sum.isKeepDims());
    assertThat(twin.outputVariable().getSameDiff()).isSameAs(copy);
    assertThat(twin.outputVariable().name()).isEqualTo(output.name());
  }
}
