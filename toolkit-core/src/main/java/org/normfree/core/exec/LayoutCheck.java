package org.normfree.core.exec;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Checks a finished {@link Layout} against what the nodes read and write, whoever made it: no
 * output, and no scratch memory, meets a value that is read later, or an input that the op does not
 * declare overwritable.
 */
final class LayoutCheck {
  private final Program program;
  private final Layout layout;
  private final Map<Value, Integer> lastReads = new HashMap<>();
  private final Map<Boolean, TreeMap<Long, Value>> held = new HashMap<>();

  private LayoutCheck(Program program, Layout layout) {
    this.program = program;
    this.layout = layout;
    held.put(true, new TreeMap<>());
    held.put(false, new TreeMap<>());
  }

  /**
   * Checks a layout.
   *
   * @param atStart values that are there before the first node
   * @param scratch offset in the arena of the scratch memory of each node that has some
   * @param scratchBytes how much each node has
   * @throws IllegalStateException if two things meet that must not
   */
  static void check(
      Program program,
      Layout layout,
      List<Value> atStart,
      Map<Integer, Long> scratch,
      long[] scratchBytes) {
    LayoutCheck check = new LayoutCheck(program, layout);
    check.findLastReads();
    atStart.forEach(value -> check.write(value, -1, "before the first step"));
    for (int i = 0; i < program.nodes().size(); i++) {
      check.node(i, scratch.getOrDefault(i, -1L), scratchBytes[i]);
    }
    Set<Value> outputs = new HashSet<>();
    program
        .outputs()
        .forEach(
            (name, operand) -> {
              if (!check.isHeld(operand.value()) || !outputs.add(operand.value())) {
                throw new IllegalStateException(
                    "the layout does not keep %s apart from other results".formatted(name));
              }
            });
  }

  private void findLastReads() {
    for (int i = 0; i < program.nodes().size(); i++) {
      for (Operand input : program.nodes().get(i).inputs()) {
        lastReads.put(input.value(), i);
      }
    }
    int never = program.nodes().size();
    program.outputs().values().forEach(output -> lastReads.put(output.value(), never));
  }

  private int lastRead(Value value) {
    return lastReads.getOrDefault(value, -1);
  }

  private void node(int index, long scratch, long scratchBytes) {
    Node node = program.nodes().get(index);
    for (Operand input : node.inputs()) {
      boolean there = layout.place(input.value()).isEmpty() || isHeld(input.value());
      if (!there) {
        throw wrong(node, "reads %s, which is no longer there".formatted(input));
      }
    }
    if (scratch >= 0) {
      for (Value value : meeting(false, scratch, scratchBytes)) {
        if (lastRead(value) >= index) {
          throw wrong(node, "has scratch memory where %s lies".formatted(value));
        }
      }
    }
    Set<Value> written = new HashSet<>();
    for (int output = 0; output < node.outputs().size(); output++) {
      Value value = node.outputs().get(output).value();
      Layout.Place place = place(node, value);
      if (scratch >= 0
          && !place.result()
          && place.offset() < scratch + scratchBytes
          && scratch < place.offset() + value.bytes()) {
        throw wrong(node, "writes %s to its scratch memory".formatted(value));
      }
      for (Value other : meeting(place.result(), place.offset(), value.bytes())) {
        boolean dead = lastRead(other) < index && !written.contains(other);
        boolean allowed =
            lastRead(other) == index
                && !written.contains(other)
                && layout.place(other).orElseThrow().equals(place)
                && node.mayLieOver(output, other);
        if (!dead && !allowed) {
          throw wrong(node, "writes %s over %s".formatted(value, other));
        }
        held.get(place.result()).remove(layout.place(other).orElseThrow().offset());
      }
      held.get(place.result()).put(place.offset(), value);
      written.add(value);
    }
  }

  private void write(Value value, int index, String when) {
    Layout.Place place =
        layout
            .place(value)
            .orElseThrow(() -> new IllegalStateException("the layout has no place for " + value));
    for (Value other : meeting(place.result(), place.offset(), value.bytes())) {
      if (lastRead(other) > index) {
        throw new IllegalStateException(
            "the layout puts %s over %s, %s".formatted(value, other, when));
      }
    }
    held.get(place.result()).put(place.offset(), value);
  }

  private Layout.Place place(Node node, Value value) {
    return layout
        .place(value)
        .orElseThrow(() -> wrong(node, "has no place for %s".formatted(value)));
  }

  private boolean isHeld(Value value) {
    return layout
        .place(value)
        .filter(place -> held.get(place.result()).get(place.offset()) == value)
        .isPresent();
  }

  /** Values that are held where a place is. */
  private List<Value> meeting(boolean result, long offset, long bytes) {
    TreeMap<Long, Value> values = held.get(result);
    Long before = values.lowerKey(offset);
    boolean reaches = before != null && before + values.get(before).bytes() > offset;
    return List.copyOf(
        values.subMap(reaches ? before : offset, true, offset + bytes, false).values());
  }

  private static IllegalStateException wrong(Node node, String what) {
    return new IllegalStateException(
        "a plan is wrong and was not run: %s %s; please report it with the graph, and run with"
                .formatted(node.op().opName(), what)
            + " executor=stock meanwhile");
  }
}
