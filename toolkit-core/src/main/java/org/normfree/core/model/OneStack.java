package org.normfree.core.model;

import java.util.List;
import org.normfree.core.method.Stack;

/** An architecture whose layers are one stack. */
public interface OneStack extends Architecture {
  /** Its layers. */
  Stack stack();

  @Override
  default List<Stack> stacks() {
    return List.of(stack());
  }
}
