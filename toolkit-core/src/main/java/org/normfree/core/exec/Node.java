package org.normfree.core.exec;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.normfree.core.op.Nd4jTraits;
import org.normfree.core.op.Traits;

/**
 * One op of a program.
 *
 * @param op the op with its attributes
 * @param inputs what it reads
 * @param outputs what it writes, each all of a value
 */
record Node(DifferentialFunction op, List<Operand> inputs, List<Operand> outputs) {
  /** What the op says of itself. */
  Traits traits() {
    return Nd4jTraits.of(op);
  }

  /**
   * Whether an output may lie over a value that is one or more of the inputs: each of these must
   * allow it, and be all of the value, of the output's size.
   */
  boolean mayLieOver(int output, Value value) {
    List<Traits.Overwrite> allowed = traits().overwrites(inputs.size());
    Operand written = outputs.get(output);
    int uses = 0;
    boolean addend = false;
    for (int i = 0; i < inputs.size(); i++) {
      Operand read = inputs.get(i);
      if (read.value() != value) {
        continue;
      }
      int number = i;
      Optional<Traits.Access> access =
          allowed.stream()
              .filter(a -> a.output() == output && a.input() == number)
              .map(Traits.Overwrite::access)
              .findFirst();
      boolean fits =
          access.isPresent()
              && read.whole()
              && written.whole()
              && read.type() == written.type()
              && read.length() == written.length()
              && (access.get() != Traits.Access.ROW || read.sameShape(written));
      if (!fits) {
        return false;
      }
      addend |= access.get() == Traits.Access.ADDEND;
      uses++;
    }
    return uses == 1 || (uses > 1 && !addend);
  }
}
