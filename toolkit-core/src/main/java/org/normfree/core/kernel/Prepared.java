package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
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
 * network would take gigabytes. A thread keeps what plans that live still use, and of all others
 * the {@value #MOST} it used last. For one thread at a time.
 */
final class Prepared {
  /** Of those that no {@link Leases} speak for, enough for the largest plans. */
  private static final int MOST = 2048;

  /** So many more than are in use are kept, for plans that come again. */
  private static final int SPARE = 16;

  private static final ThreadLocal<List<Prepared>> GATHERED = new ThreadLocal<>();

  private static final ThreadLocal<Kept> OF_THIS_THREAD = ThreadLocal.withInitial(Kept::new);

  private final Signature signature;
  private final Supplier<? extends primitive> operation;
  private final int[] names;
  private final View[] views;
  private final long[] addresses;
  private Kept kept;
  private Movable movable;
  private Thread owner;
  private final boolean leased;

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
    List<Prepared> gathered = GATHERED.get();
    leased = gathered != null;
    if (leased) {
      gathered.add(this);
    }
  }

  /** Adds what is made by some work on this thread to a list. */
  static void gather(List<Prepared> list, Runnable work) {
    List<Prepared> outer = GATHERED.get();
    GATHERED.set(list);
    try {
      work.run();
    } finally {
      if (outer == null) {
        GATHERED.remove();
      } else {
        GATHERED.set(outer);
      }
    }
  }

  /** Says that it will not be run again; no thread is running it. */
  void release() {
    if (movable != null) {
      movable.users.decrementAndGet();
      movable = null;
      owner = null;
    }
  }

  /** Runs it where the arguments lie. */
  void run() {
    run(addresses);
  }

  /** Runs it on memory at the given addresses, in the order of the names. */
  void run(long... places) {
    Thread current = Thread.currentThread();
    if (owner != current || movable.freed) {
      release();
      kept = OF_THIS_THREAD.get();
      movable = kept.of(signature, () -> new Movable(made(operation), names, views));
      movable.users.incrementAndGet();
      movable.leased &= leased;
      owner = current;
    }
    movable.lastUse = kept.uses++;
    movable.run(places);
  }

  /**
   * A primitive without the description it was made from, of which it has a copy: those of products
   * weigh a hundred kilobytes and more.
   */
  @SuppressWarnings(
      "unchecked") // an older JavaCPP, the CUDA build's, has a varargs constructor only
  private static primitive made(Supplier<? extends primitive> operation) {
    PointerScope outer = PointerScope.getInnerScope();
    try (PointerScope descriptions = new PointerScope()) {
      primitive made = operation.get();
      outer.attach(made);
      descriptions.detach(made);
      return made;
    }
  }

  /** What a thread has made. */
  private static final class Kept {
    private final Map<Signature, Movable> movables = new HashMap<>();
    private long uses;
    private int look = SPARE;

    Movable of(Signature signature, Supplier<Movable> maker) {
      Movable known = movables.get(signature);
      if (known != null) {
        return known;
      }
      if (movables.size() >= look) {
        free(movable -> movable.leased && movable.users.get() == 0);
        look = movables.size() + SPARE;
        Pointer.trimMemory(); // the C library would keep what many threads freed in pieces
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
      free(movable -> movable.lastUse <= oldest);
    }

    private void free(Predicate<Movable> which) {
      movables
          .values()
          .removeIf(
              movable -> {
                boolean goes = which.test(movable);
                if (goes) {
                  movable.free();
                }
                return goes;
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
    private final AtomicInteger users = new AtomicInteger();

    /** Whether all who use it say when they no longer do. */
    private boolean leased = true;

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
