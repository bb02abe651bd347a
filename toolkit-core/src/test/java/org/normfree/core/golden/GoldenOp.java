package org.normfree.core.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.op.Ops;

/**
 * An op between inputs of a case and {@code Σ upstream·y}, run by a compiled plan. An input may
 * have its axes in another order in the file than in the op.
 */
final class GoldenOp {
  private final GoldenCase golden;
  private final List<Input> inputs = new ArrayList<>();

  /** What is read from the case, and where its gradient stands there. */
  private record Input(String path, String gradient, int... axes) {}

  /** Builds the op's output; a missing input is null. */
  interface Builder {
    SDVariable build(Ops ops, Map<String, SDVariable> inputs);
  }

  GoldenOp(GoldenCase golden) {
    this.golden = golden;
  }

  /** An input whose gradient is called {@code d} and its name, if the case has it. */
  GoldenOp input(String name, int... axes) {
    return golden.has(name) ? input(name, "d" + name, axes) : this;
  }

  /** A parameter, if the case has it. */
  GoldenOp parameter(String name, int... axes) {
    String path = "parameters/" + name;
    return golden.has(path) ? input(path, "gradients/" + name, axes) : this;
  }

  private GoldenOp input(String path, String gradient, int... axes) {
    inputs.add(new Input(path, gradient, axes));
    return this;
  }

  /**
   * Compares the output and every gradient.
   *
   * @param y name of the output
   * @param builder builds it
   * @param axes the official axes in the op's order; none for the same
   */
  void check(String y, Builder builder, int... axes) {
    SameDiff sd = SameDiff.create();
    Map<String, SDVariable> variables = new LinkedHashMap<>();
    for (Input input : inputs) {
      INDArray value = permuted(golden.tensor(input.path), input.axes);
      String name = input.path.substring(input.path.indexOf('/') + 1);
      variables.put(name, sd.var(name.replace('.', '_'), value));
    }
    SDVariable output = sd.identity("output", builder.build(Ops.of(sd), variables));
    SDVariable upstream = sd.constant("upstream", permuted(golden.tensor("upstream"), axes));
    output.mul(upstream).sum("loss");
    sd.setLossVariables("loss");
    try (GraphExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(2))) {
      GraphExecutor.Pass pass = executor.gradients(Map.of(), List.of("output"));
      golden.compare(y, permuted(pass.outputs().get("output"), inverse(axes)));
      int i = 0;
      for (SDVariable variable : variables.values()) {
        Input input = inputs.get(i++);
        INDArray gradient = pass.gradients().get(variable.name());
        golden.compare(input.gradient, permuted(gradient, inverse(input.axes)));
      }
    }
  }

  private static INDArray permuted(INDArray array, int... axes) {
    return axes.length == 0 ? array : array.permute(axes).dup('c');
  }

  private static int[] inverse(int... axes) {
    int[] inverse = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      inverse[axes[i]] = i;
    }
    return inverse;
  }
}
