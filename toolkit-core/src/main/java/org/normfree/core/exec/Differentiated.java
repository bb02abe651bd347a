package org.normfree.core.exec;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * A graph with its gradients.
 *
 * @param function computes the graph's variables and the gradients
 * @param gradients name of the gradient of each trainable variable the loss depends on
 */
record Differentiated(SameDiff function, Map<String, String> gradients) {
  static Differentiated of(SameDiff graph) {
    if (!graph.hasGradientFunction()) {
      DifferentiationLog.silence(graph::createGradFunction);
    }
    Map<String, String> names = new LinkedHashMap<>();
    for (SDVariable variable : graph.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE && variable.dataType().isFPType()) {
        SDVariable gradient = variable.getGradient();
        if (gradient != null) {
          names.put(variable.name(), gradient.name());
        }
      }
    }
    return new Differentiated(graph.getFunction("grad"), names);
  }
}
