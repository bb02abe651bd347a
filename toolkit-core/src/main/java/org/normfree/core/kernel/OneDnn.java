package org.normfree.core.kernel;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.api.buffer.DataType;

/** The oneDNN library on this machine. */
final class OneDnn {
  /**
   * How many primitives the library keeps by itself: those that the threads of a team ask for one
   * after the other. What is used for longer, {@link Prepared} keeps; the library's thousand would
   * be a quarter of a gigabyte.
   */
  private static final int CACHED = 32;

  /** The CPU; touching it loads the library. */
  static final engine CPU = cpu();

  private static final boolean FAST = !implementation(DataType.FLOAT).contains("ref");

  private OneDnn() {}

  private static engine cpu() {
    engine cpu = new engine(engine.kind.cpu, 0);
    dnnl.set_primitive_cache_capacity(CACHED);
    return cpu;
  }

  /** Whether the library has code made for this processor, not only plain loops. */
  static boolean isFast() {
    return FAST;
  }

  /** Whether the processor multiplies bfloat16 itself; what only emulates it would be slower. */
  static boolean hasBfloat16() {
    int has = dnnl.dnnl_get_effective_cpu_isa();
    return includes(has, dnnl.dnnl_cpu_isa_avx512_core_bf16)
        || includes(has, dnnl.dnnl_cpu_isa_avx2_vnni_2);
  }

  private static boolean includes(int isa, int wanted) {
    return (isa & wanted) == wanted;
  }

  private static String implementation(DataType type) {
    View operand = View.of(0, type, 64, 64);
    return Product.of(operand, operand, View.of(0, DataType.FLOAT, 64, 64)).implementation();
  }
}
