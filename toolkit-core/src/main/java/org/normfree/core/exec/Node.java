package org.normfree.core.exec;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;

/**
 * One op of a program.
 *
 * @param op the op with its attributes
 * @param inputs what it reads
 * @param outputs what it writes, each all of a value
 */
record Node(DifferentialFunction op, List<Operand> inputs, List<Operand> outputs) {
  boolean writes(Value value) {
    return outputs.stream().anyMatch(output -> output.value() == value);
  }
}
