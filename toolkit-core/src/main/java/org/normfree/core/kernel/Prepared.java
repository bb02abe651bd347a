package org.normfree.core.kernel;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/**
 * A oneDNN primitive with the arguments it will be run with; a run creates no native object. For
 * one thread at a time.
 */
final class Prepared {
  private final primitive operation;
  private final IntMemoryMap arguments = new IntMemoryMap();
  private final memory[] memories;
  private final stream calls = new stream(OneDnn.CPU);
  private final Address address = new Address();

  /**
   * @param operation what is run
   * @param names the argument names, as oneDNN numbers them
   * @param views where each argument lies
   */
  Prepared(primitive operation, int[] names, View... views) {
    this.operation = operation;
    this.memories = new memory[names.length];
    for (int i = 0; i < names.length; i++) {
      memories[i] = new memory(views[i].descriptor(), OneDnn.CPU, address.at(views[i].address()));
      arguments.put(names[i], memories[i]);
    }
  }

  /** Runs it where the arguments lie. */
  void run() {
    operation.execute(calls, arguments);
  }

  /** Runs it on memory at the given addresses, in the order of the names. */
  void run(long... addresses) {
    for (int i = 0; i < memories.length; i++) {
      memories[i].set_data_handle(address.at(addresses[i]));
    }
    run();
  }

  /** A pointer that owns nothing and can be moved, because a new one for each call costs. */
  private static final class Address extends Pointer {
    Address at(long value) {
      address = value;
      return this;
    }
  }
}
