package org.normfree.core.kernel;

import org.bytedeco.dnnl.engine;
import org.nd4j.linalg.api.buffer.DataType;

/** The oneDNN library on this machine. */
final class OneDnn {
  /** The CPU; touching it loads the library. */
  static final engine CPU = new engine(engine.kind.cpu, 0);

  private static final boolean FAST = !implementation(DataType.FLOAT).contains("ref");

  private OneDnn() {}

  /** Whether the library has code made for this processor, not only plain loops. */
  static boolean isFast() {
    return FAST;
  }

  private static String implementation(DataType type) {
    View operand = View.of(0, type, 64, 64);
    return Product.of(operand, operand, View.of(0, DataType.FLOAT, 64, 64)).implementation();
  }
}
