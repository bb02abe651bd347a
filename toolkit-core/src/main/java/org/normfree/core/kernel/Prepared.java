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
import org.bytedeco.javacpp.PointerScope;

/**
 * A oneDNN primitive with the arguments it will be run with. Equal layers ask for the same
 * primitive at other addresses: a thread makes one and moves it, because the thousands of a deep
 * network would take gigabytes. A thread keeps the {@value #MOST} it used last. For one thread at a
 * time.
 */
final class Prepared {
  /** Enough for the plans that an executor keeps. */
  private static final int MOST = 2048;

  private static final ThreadLocal<Kept> OF_THIS_THREAD = ThreadLocal.withInitial(Kept::new);

  private final Signature signature;
  private final Supplier<? extends primitive> operation;
  private final int[] names;
  private final View[] views;
  private final long[] addresses;
  private Kept kept;
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
    if (owner != current || movable.freed) {
      kept = OF_THIS_THREAD.get();
      movable = kept.of(signature, () -> new Movable(operation.get(), names, views));
      owner = current;
    }
    movable.lastUse = kept.uses++;
    movable.run(places);
  }

  /** What a thread has made. */
  private static final class Kept {
    private final Map<Signature, Movable> movables = new HashMap<>();
    private long uses;

    Movable of(Signature signature, Supplier<Movable> maker) {
      Movable known = movables.get(signature);
      if (known != null) {
        return known;
      }
      if (movables.size() >= MOST) {
        freeSome();
      }
      Movable made = Movable.made(maker);
      made.lastUse = uses;
      movables.put(signature, made);
      return made;
    }

    /** Frees the quarter that was not used for longest. */
    private void freeSome() {
      long[] lastUses = movables.values().stream().mapToLong(m -> m.lastUse).sorted().toArray();
      long oldest = lastUses[lastUses.length / 4];
      movables
          .values()
          .removeIf(
              movable -> {
                boolean old = movable.lastUse <= oldest;
                if (old) {
                  movable.free();
                }
                return old;
              });
    }
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
    private PointerScope natives;
    private boolean freed;
    private long lastUse;

    /** Makes one apart from whatever scope the caller is in. */
    @SuppressWarnings(
        "unchecked") // an older JavaCPP, the CUDA build's, has a varargs constructor only
    static Movable made(Supplier<Movable> maker) {
      try (PointerScope scope = new PointerScope()) {
        Movable made = maker.get();
        made.natives = scope.extend();
        return made;
      }
    }

    void free() {
      freed = true;
      natives.deallocate();
    }

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
