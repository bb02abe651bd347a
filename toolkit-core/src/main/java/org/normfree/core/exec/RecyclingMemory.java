package org.normfree.core.exec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.internal.memory.AbstractMemoryMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory of a session whose arrays live from one call to the next and are then used again, so that
 * native memory stops growing after the first call of each batch size.
 *
 * <p>Arrays are never given back within a call: SameDiff's tracking of an array's last use does not
 * see every alias, which is why {@code SameDiff.calculateGradients} switches it off too.
 */
final class RecyclingMemory extends AbstractMemoryMgr {
  private final Map<Kind, Deque<INDArray>> free = new HashMap<>();
  private final List<Lent> lent = new ArrayList<>();
  private final Set<INDArray> handedOut = Collections.newSetFromMap(new IdentityHashMap<>());

  private record Kind(DataType type, char order, List<Long> shape) {}

  private record Lent(Kind kind, INDArray array) {}

  /** Makes every array handed out so far available again. */
  void recycle() {
    for (Lent l : lent) {
      // an op may have closed or reordered what it was given
      if (!l.array().wasClosed()) {
        free.computeIfAbsent(l.kind(), k -> new ArrayDeque<>()).push(l.array());
      }
    }
    lent.clear();
  }

  @Override
  public INDArray allocate(boolean detached, DataType dataType, long... shape) {
    return take(dataType, 'c', shape);
  }

  @Override
  public INDArray allocate(boolean detached, LongShapeDescriptor descriptor) {
    if (descriptor.isEmpty()) {
      return Nd4j.create(descriptor);
    }
    return take(descriptor.dataType(), descriptor.getOrder(), descriptor.getShape());
  }

  private INDArray take(DataType type, char order, long[] shape) {
    Kind kind = new Kind(type, order, Arrays.stream(shape).boxed().toList());
    Deque<INDArray> candidates = free.get(kind);
    INDArray array =
        candidates == null || candidates.isEmpty()
            ? Nd4j.createUninitializedDetached(type, order, shape)
            : candidates.pop();
    lent.add(new Lent(kind, array));
    return array;
  }

  @Override
  public void release(INDArray array) {
    // see the class comment
  }

  /** Says that a caller has an array, and may read it whenever it likes. */
  void handedOut(INDArray array) {
    handedOut.add(array);
  }

  /** Closes all arrays but those that callers have, which the garbage collector frees. */
  @Override
  public void close() {
    recycle();
    free.values().forEach(arrays -> arrays.removeIf(handedOut::contains));
    free.values().forEach(arrays -> arrays.forEach(INDArray::close));
    free.clear();
  }
}
