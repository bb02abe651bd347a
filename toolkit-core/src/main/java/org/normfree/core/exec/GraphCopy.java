package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
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
    for (Variable variable : graph.getVariables().values()) {
      copyVariable(variable, copy);
    }
    for (SameDiffOp op : graph.getOps().values()) {
      DifferentialFunction clone = OpCopy.of(op.getOp(), copy);
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

  private static List<String> list(List<String> names) {
    return names == null ? null : new ArrayList<>(names);
  }
}
