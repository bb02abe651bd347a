package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN primitives that one thread runs one after the other, on memory at fixed addresses and in
 * buffers, which lie in the scratch memory of the task they belong to; where a primitive wants
 * another layout than an array has, a copy stands before or behind it.
 *
 * <p>Where scratch memory lies is not known before {@link #place}. Until then an address in what
 * the sequences of a task share is {@link #shared} of its offset.
 */
final class OneDnnSequence {
  private static final int ALIGNMENT = 64;

  private final stream calls = new stream(OneDnn.CPU);
  private final List<primitive> primitives = new ArrayList<>();
  private final List<IntMemoryMap> arguments = new ArrayList<>();
  // what native code points to must not be collected
  private final List<Pointer> kept = new ArrayList<>();
  private final List<Moved> moved = new ArrayList<>();
  private long bufferBytes;

  /** Memory in scratch: at an offset in the sequence's own, or in what a task's share. */
  private record Moved(memory array, boolean shared, long offset) {}

  /** Stands for an address in the scratch memory that a task's sequences share. */
  static long shared(long offset) {
    return -1 - offset;
  }

  /** Array memory, or, with {@link #shared}, scratch memory. */
  memory at(long address, memory.desc layout) {
    if (address >= 0) {
      return keep(new memory(layout, OneDnn.CPU, keep(new Place(address))));
    }
    return moved(true, -1 - address, layout);
  }

  private memory moved(boolean shared, long offset, memory.desc layout) {
    memory unplaced = keep(new memory(layout, OneDnn.CPU, keep(new Place(0))));
    moved.add(new Moved(unplaced, shared, offset));
    return unplaced;
  }

  /** A buffer of the sequence's own. */
  memory buffer(memory.desc layout) {
    memory buffer = moved(false, bufferBytes, layout);
    bufferBytes += (layout.get_size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return buffer;
  }

  /** Bytes of all buffers of its own. */
  long bufferBytes() {
    return bufferBytes;
  }

  /**
   * Says where scratch memory lies.
   *
   * @param buffers of its own buffers
   * @param common of what a task's sequences share
   */
  void place(long buffers, long common) {
    for (Moved m : moved) {
      long address = (m.shared() ? common : buffers) + m.offset();
      try (Place place = new Place(address)) {
        m.array().set_data_handle(place);
      }
    }
  }

  /** The same numbers in the wanted layout: the array itself, or a buffer it is copied to. */
  memory in(memory array, memory.desc wanted) {
    if (array.get_desc().equals(wanted)) {
      return array;
    }
    memory copy = buffer(wanted);
    copy(array, copy);
    return copy;
  }

  /** Where to write in the given layout: the array itself, or a buffer. See {@link #out}. */
  memory forOut(memory array, memory.desc written) {
    return array.get_desc().equals(written) ? array : buffer(written);
  }

  /** Copies what was written to the array, if it is not there. */
  void out(memory written, memory array) {
    if (!written.get_desc().equals(array.get_desc())) {
      copy(written, array);
    }
  }

  private void copy(memory from, memory to) {
    reorder.primitive_desc description = new reorder.primitive_desc(from, to, attributes(), false);
    run(new reorder(description), description, new int[] {DNNL_ARG_FROM, DNNL_ARG_TO}, from, to);
  }

  /**
   * What every primitive here is to be described with. Scratch memory that oneDNN manages may
   * belong to the thread that makes a primitive, as that of convolutions does; here another thread
   * runs it.
   */
  static primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    return attributes;
  }

  /**
   * Appends a primitive.
   *
   * @param description what it was made of, with {@link #attributes}
   * @param names the argument names, as oneDNN numbers them
   * @param memories the arguments, in the order of the names
   */
  void run(primitive operation, primitive_desc_base description, int[] names, memory... memories) {
    IntMemoryMap map = new IntMemoryMap();
    map.put(DNNL_ARG_SCRATCHPAD, buffer(description.scratchpad_desc()));
    for (int i = 0; i < names.length; i++) {
      map.put(names[i], memories[i]);
    }
    primitives.add(operation);
    arguments.add(map);
  }

  /** Runs the primitives in the order they were appended. */
  void run() {
    for (int i = 0; i < primitives.size(); i++) {
      primitives.get(i).execute(calls, arguments.get(i));
    }
  }

  private <T extends Pointer> T keep(T pointer) {
    kept.add(pointer);
    return pointer;
  }

  /** A pointer that owns nothing. */
  private static final class Place extends Pointer {
    Place(long address) {
      this.address = address;
    }
  }
}
