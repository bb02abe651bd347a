package org.normfree.core.exec;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;
import org.nd4j.graph.FlatNode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies a graph in time linear in its size: same names, new ops, and the very arrays of the
 * original's variables and constants.
 */
final class GraphCopy {
  private GraphCopy() {}

  /** A graph that can be added to without changing {@code graph}. */
  static SameDiff of(SameDiff graph) {
    SameDiff copy = SameDiff.create();
    // SameDiff's default holders are made for several devices and may copy what they are given
    copy.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
    Map<String, Integer> indices = new HashMap<>();
    for (Variable variable : graph.getVariables().values()) {
      indices.put(variable.getName(), indices.size());
      copyVariable(variable, copy);
    }
    for (SameDiffOp op : graph.getOps().values()) {
      DifferentialFunction clone = clone(graph, op.getOp(), indices);
      clone.setOwnName(op.getName());
      clone.setSameDiff(copy);
      copy.getOps()
          .put(
              op.getName(),
              SameDiffOp.builder()
                  .name(op.getName())
                  .op(clone)
                  .inputsToOp(list(op.getInputsToOp()))
                  .outputsOfOp(list(op.getOutputsOfOp()))
                  .controlDeps(list(op.getControlDeps()))
                  .varControlDeps(list(op.getVarControlDeps()))
                  .controlDepFor(list(op.getControlDepFor()))
                  .build());
      clone.configureWithSameDiff(copy);
    }
    return copy;
  }

  private static void copyVariable(Variable variable, SameDiff copy) {
    SDVariable clone = variable.getVariable().clone(copy);
    copy.getVariables()
        .put(
            variable.getName(),
            Variable.builder()
                .name(variable.getName())
                .variable(clone)
                .inputsForOp(list(variable.getInputsForOp()))
                .controlDepsForOp(list(variable.getControlDepsForOp()))
                .controlDepsForVar(list(variable.getControlDepsForVar()))
                .outputOfOp(variable.getOutputOfOp())
                .controlDeps(list(variable.getControlDeps()))
                .build());
    if (clone.getVariableType() != VariableType.ARRAY) {
      INDArray array = variable.getVariable().getArr();
      if (array != null && !array.isEmpty()) {
        copy.associateArrayWithVariable(array, clone);
      }
    }
  }

  /**
   * What {@link FlatBuffersMapper#cloneViaSerialize} does, without its search through all variables
   * for each output, whose result no clone needs.
   */
  private static DifferentialFunction clone(
      SameDiff graph, DifferentialFunction op, Map<String, Integer> indices) {
    FlatBufferBuilder builder = new FlatBufferBuilder(1024);
    int node =
        FlatBuffersMapper.asFlatNode(
            graph,
            op,
            builder,
            List.of(),
            indices,
            new HashMap<>(),
            new HashMap<>(),
            new AtomicInteger(),
            0);
    builder.finish(node);
    return FlatBuffersMapper.fromFlatNode(FlatNode.getRootAsFlatNode(builder.dataBuffer()));
  }

  private static List<String> list(List<String> names) {
    return names == null ? null : new ArrayList<>(names);
  }
}
