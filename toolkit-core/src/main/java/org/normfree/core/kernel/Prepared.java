package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/**
 * A oneDNN primitive with the arguments it will be run with. Equal layers ask for the same
 * primitive at other addresses: a thread makes one and moves it, because the thousands of a deep
 * network would take gigabytes. For one thread at a time.
 */
final class Prepared {
  private static final ThreadLocal<Map<Signature, Movable>> OF_THIS_THREAD =
      ThreadLocal.withInitial(HashMap::new);

  private final Signature signature;
  private final Supplier<? extends primitive> operation;
  private final int[] names;
  private final View[] views;
  private final long[] addresses;
  private Movable movable;
  private Thread owner;

  /**
   * @param kind what the primitive does, in words that tell it from all others
   * @param operation makes the primitive, for the layouts of the views
   * @param names the argument names, as oneDNN numbers them
   * @param views where each argument lies
   */
  Prepared(String kind, Supplier<? extends primitive> operation, int[] names, View... views) {
    this.operation = operation;
    this.names = names;
    this.views = views;
    addresses = Stream.of(views).mapToLong(View::address).toArray();
    signature = new Signature(kind, Stream.of(views).map(View::layout).toList());
  }

  /** Runs it where the arguments lie. */
  void run() {
    run(addresses);
  }

  /** Runs it on memory at the given addresses, in the order of the names. */
  void run(long... places) {
    Thread current = Thread.currentThread();
    if (owner != current) {
      movable =
          OF_THIS_THREAD
              .get()
              .computeIfAbsent(signature, key -> new Movable(operation.get(), names, views));
      owner = current;
    }
    movable.run(places);
  }

  /** What primitives must have in common to be one. */
  private record Signature(String kind, List<List<Long>> layouts) {}

  /** A primitive whose arguments can be put elsewhere; a run creates no native object. */
  private static final class Movable {
    private final primitive operation;
    private final IntMemoryMap arguments = new IntMemoryMap();
    private final memory[] memories;
    private final long[] places;
    private final stream calls = new stream(OneDnn.CPU);
    private final Address address = new Address();

    Movable(primitive operation, int[] names, View[] views) {
      this.operation = operation;
      memories = new memory[names.length];
      places = new long[names.length];
      for (int i = 0; i < names.length; i++) {
        memories[i] = new memory(views[i].descriptor(), OneDnn.CPU, address.at(0));
        arguments.put(names[i], memories[i]);
      }
    }

    void run(long[] wanted) {
      if (!Arrays.equals(places, wanted)) {
        for (int i = 0; i < places.length; i++) {
          if (places[i] != wanted[i]) {
            memories[i].set_data_handle(address.at(wanted[i]));
            places[i] = wanted[i];
          }
        }
      }
      operation.execute(calls, arguments);
    }
  }

  /** A pointer that owns nothing and can be moved, because a new one for each call costs. */
  private static final class Address extends Pointer {
    Address at(long value) {
      address = value;
      return this;
    }
  }
}
