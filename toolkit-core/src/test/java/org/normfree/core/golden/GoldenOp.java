package org.normfree.core.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.op.Ops;

/**
 * A few ops between inputs and a loss of a case, run by a compiled plan: outputs and every gradient
 * are compared. An input may have its axes in another order in the file than in the op.
 */
final class GoldenOp {
  private final GoldenCase golden;
  private final SameDiff sd = SameDiff.create();
  private final Map<String, SDVariable> inputs = new LinkedHashMap<>();

  /** Where the file has the gradient of a variable. */
  private final Map<String, String> gradients = new LinkedHashMap<>();

  GoldenOp(GoldenCase golden) {
    this.golden = golden;
  }

  SameDiff graph() {
    return sd;
  }

  Ops ops() {
    return Ops.of(sd);
  }

  /**
   * Takes an input, whose gradient is called {@code d} and its name, if the case has it.
   *
   * @param axes the official axes in the op's order; none for the same
   */
  GoldenOp input(String name, int... axes) {
    return golden.has(name) ? take(name, name, "d" + name, axes) : this;
  }

  /** Takes a parameter, if the case has it. */
  GoldenOp parameter(String name, int... axes) {
    String path = "parameters/" + name;
    return golden.has(path) ? take(name, path, "gradients/" + name, axes) : this;
  }

  private GoldenOp take(String name, String path, String gradient, int... axes) {
    SDVariable official = sd.var("in" + inputs.size(), golden.tensor(path));
    gradients.put(official.name(), gradient);
    inputs.put(name, axes.length == 0 ? official : official.permute(axes));
    return this;
  }

  /** An input or parameter; null if the case does not have it. */
  SDVariable get(String name) {
    return inputs.get(name);
  }

  /** {@code Σ upstream·y}. */
  SDVariable weighted(SDVariable y) {
    return y.mul(sd.constant("upstream", golden.tensor("upstream"))).sum();
  }

  /** Compares an output y, in the official order, and the gradients of {@code Σ upstream·y}. */
  void check(String path, SDVariable y) {
    check(Map.of(path, y), weighted(y));
  }

  /** Compares outputs by their paths and the gradients of a loss. */
  void check(Map<String, SDVariable> outputs, SDVariable loss) {
    Map<String, String> names = new LinkedHashMap<>();
    outputs.forEach((path, y) -> names.put(path, sd.identity("out_" + path, y).name()));
    sd.identity("objective", loss);
    sd.setLossVariables("objective");
    try (GraphExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(2))) {
      GraphExecutor.Pass pass = executor.gradients(Map.of(), List.copyOf(names.values()));
      names.forEach((path, name) -> golden.compare(path, pass.outputs().get(name)));
      gradients.forEach((name, path) -> golden.compare(path, pass.gradients().get(name)));
    }
  }
}
