package org.normfree.core.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What one thread keeps of oneDNN: its stream, what was prepared for recent shapes, and scratch
 * memory. Nothing of it is shared between threads, so nothing is locked.
 */
final class OneDnn {
  /** The CPU; touching it loads the library. */
  static final engine CPU = new engine(engine.kind.cpu, 0);

  private static final int SHAPES = 256;
  private static final long ALIGNMENT = 64;
  private static final boolean FAST = !Product.implementation(64, 64, 64).contains("ref");
  private static final ThreadLocal<OneDnn> CURRENT = ThreadLocal.withInitial(OneDnn::new);

  private final NativeOps openMp = NativeOpsHolder.getInstance().getDeviceNativeOps();
  private final stream calls = new stream(CPU);
  private final Map<Record, Object> prepared =
      new LinkedHashMap<>(SHAPES, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Record, Object> eldest) {
          return size() > SHAPES;
        }
      };
  private FloatPointer scratch = new FloatPointer();

  private OneDnn() {}

  /** The calling thread's own. */
  static OneDnn current() {
    return CURRENT.get();
  }

  /** Whether the library has code made for this processor, not only plain loops. */
  static boolean isFast() {
    return FAST;
  }

  /** Runs a primitive and returns when it is done. */
  void run(primitive what, IntMemoryMap arguments) {
    what.execute(calls, arguments);
  }

  /**
   * How many threads OpenMP allows the calling thread. oneDNN fixes the number when it prepares a
   * computation, so it belongs to every key. ND4J is asked because oneDNN's binding cannot tell;
   * both use the same copy of the OpenMP library.
   */
  int threads() {
    return openMp.ompGetMaxThreads();
  }

  /** What was prepared for a key; of the least recently used, the library's memory is freed. */
  <K extends Record, P> P prepared(K key, Class<P> type, Function<K, P> prepare) {
    Object found = prepared.get(key);
    if (found == null) {
      found = prepare.apply(key);
      prepared.put(key, found);
    }
    return type.cast(found);
  }

  /** Address of scratch memory for so many floats; it holds until the next call. */
  long scratch(long floats) {
    long needed = floats + ALIGNMENT / Float.BYTES;
    if (scratch.capacity() < needed) {
      scratch.close();
      scratch = new FloatPointer(needed);
    }
    return (scratch.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
