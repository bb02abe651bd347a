package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.normfree.core.op.DeepNorm;
import org.normfree.core.op.DeepNormGradient;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.ExactGelu;
import org.normfree.core.op.ExactGeluGradient;
import org.normfree.core.op.LayerNorm;
import org.normfree.core.op.LayerNormGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.RmsNorm;
import org.normfree.core.op.RmsNormGradient;

/**
 * Where each value lies in the arena. A value has its place from the node that writes it to the
 * last one that reads it; then the place is given to others. An element-wise node writes over an
 * input that nobody reads after it.
 */
final class Layout {
  private final Map<Value, Long> offsets = new HashMap<>();
  private final TreeMap<Long, Long> free = new TreeMap<>();
  private long size;

  private Layout() {}

  /** Size of the arena in bytes. */
  long size() {
    return size;
  }

  /** Offset of a value in bytes; null if it does not lie in the arena. */
  Long offset(Value value) {
    return offsets.get(value);
  }

  /**
   * @param program what is to be laid out
   * @param slots values other than placeholders and computed ones that need a place
   */
  static Layout of(Program program, Collection<Value> slots) {
    Layout layout = new Layout();
    Map<Value, Integer> lastUse = lastUses(program);
    program.placeholders().values().forEach(layout::place);
    slots.forEach(layout::place);
    List<Node> nodes = program.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (Operand output : node.outputs()) {
        Value dying = layout.overwritten(node, output, i, lastUse);
        if (dying == null) {
          layout.place(output.value());
        } else {
          layout.offsets.put(output.value(), layout.offsets.get(dying));
          lastUse.put(dying, Integer.MAX_VALUE);
        }
      }
      layout.release(node, i, lastUse);
    }
    return layout;
  }

  /** The node after which nobody reads a value. */
  private static Map<Value, Integer> lastUses(Program program) {
    Map<Value, Integer> last = new HashMap<>();
    for (int i = 0; i < program.nodes().size(); i++) {
      Node node = program.nodes().get(i);
      for (Operand operand : node.outputs()) {
        last.put(operand.value(), i);
      }
      for (Operand operand : node.inputs()) {
        last.put(operand.value(), i);
      }
    }
    program.outputs().values().forEach(o -> last.put(o.value(), Integer.MAX_VALUE));
    program.placeholders().values().forEach(value -> last.put(value, Integer.MAX_VALUE));
    return last;
  }

  private Value overwritten(Node node, Operand output, int index, Map<Value, Integer> lastUse) {
    if (output.value() != node.outputs().get(0).value()) {
      return null;
    }
    for (int i : mayOverwrite(node)) {
      Operand input = node.inputs().get(i);
      boolean dies =
          input.value().kind() == Value.Kind.COMPUTED
              && lastUse.get(input.value()) == index
              && input.whole()
              && input.value().bytes() == output.value().bytes();
      if (dies) {
        return input.value();
      }
    }
    return null;
  }

  /** Indices of the inputs that the first output may lie over. */
  private static int[] mayOverwrite(Node node) {
    int last = node.inputs().size() - 1;
    if (node.op() instanceof MatrixProduct product) {
      return product.addend() ? new int[] {last} : new int[0];
    } else if (node.op() instanceof DynamicActivation
        || node.op() instanceof LayerNorm
        || node.op() instanceof RmsNorm
        || node.op() instanceof ExactGelu) {
      return new int[] {0};
    } else if (node.op() instanceof DynamicActivationGradient
        || node.op() instanceof LayerNormGradient
        || node.op() instanceof RmsNormGradient
        || node.op() instanceof DeepNormGradient
        || node.op() instanceof ExactGeluGradient) {
      return new int[] {last, 0};
    } else if (node.op() instanceof DeepNorm
        || node.op() instanceof AddOp
        || node.op() instanceof MulOp
        || node.op() instanceof SubOp) {
      return new int[] {0, 1};
    }
    return new int[0];
  }

  private void release(Node node, int index, Map<Value, Integer> lastUse) {
    List<Value> dead = new ArrayList<>();
    for (List<Operand> operands : List.of(node.inputs(), node.outputs())) {
      for (Operand operand : operands) {
        Value value = operand.value();
        boolean over = lastUse.get(value) == index && offsets.containsKey(value);
        if (over && !dead.contains(value)) {
          dead.add(value);
        }
      }
    }
    dead.forEach(value -> giveBack(offsets.get(value), rounded(value.bytes())));
  }

  private static long rounded(long bytes) {
    return (bytes + Arena.ALIGNMENT - 1) / Arena.ALIGNMENT * Arena.ALIGNMENT;
  }

  /** Takes the smallest hole that is large enough, else the end of the arena. */
  private void place(Value value) {
    long bytes = rounded(value.bytes());
    Map.Entry<Long, Long> best = null;
    for (Map.Entry<Long, Long> hole : free.entrySet()) {
      if (hole.getValue() >= bytes && (best == null || hole.getValue() < best.getValue())) {
        best = hole;
      }
    }
    long offset;
    if (best != null) {
      offset = best.getKey();
      long left = best.getValue() - bytes;
      free.remove(offset);
      if (left > 0) {
        free.put(offset + bytes, left);
      }
    } else {
      Map.Entry<Long, Long> last = free.lastEntry();
      boolean atEnd = last != null && last.getKey() + last.getValue() == size;
      offset = atEnd ? last.getKey() : size;
      if (atEnd) {
        free.remove(offset);
      }
      size = offset + bytes;
    }
    offsets.put(value, offset);
  }

  private void giveBack(long offset, long bytes) {
    long from = offset;
    long length = bytes;
    Map.Entry<Long, Long> before = free.lowerEntry(from);
    if (before != null && before.getKey() + before.getValue() == from) {
      from = before.getKey();
      length += before.getValue();
    }
    Long after = free.remove(offset + bytes);
    if (after != null) {
      length += after;
    }
    free.put(from, length);
  }
}
