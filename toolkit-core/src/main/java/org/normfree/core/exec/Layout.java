package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.normfree.core.op.Traits;

/**
 * Where each value lies. A value has its place from the node that writes it to the last one that
 * reads it; then the place is given to others. An output lies over an input that nobody reads
 * afterwards, where the op allows it. What is handed out has a memory of its own, where nothing
 * lies twice.
 *
 * <p>{@link LayoutCheck} checks what comes out.
 */
final class Layout {
  /**
   * A place.
   *
   * @param result whether it is in the memory of results
   * @param offset in bytes
   */
  record Place(boolean result, long offset) {}

  /**
   * What happens to the arena at a node.
   *
   * @param taken offset and bytes of each place given out
   * @param returned of each place taken back
   */
  private record Step(List<long[]> taken, List<long[]> returned) {}

  private final Map<Value, Place> places = new HashMap<>();
  private final Set<Value> results = new HashSet<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<long[]> atStart = new ArrayList<>();
  private final Holes arena;
  private final Holes resultArena;
  private long live;
  private long peak;
  private long scratchEnd;

  private Layout(Holes arena, Holes resultArena) {
    this.arena = arena;
    this.resultArena = resultArena;
  }

  /** Place of a value; empty if it is an array of its own. */
  Optional<Place> place(Value value) {
    return Optional.ofNullable(places.get(value));
  }

  /** How far the arena must reach. */
  long arenaEnd() {
    return arena.end();
  }

  /** How far the memory of results must reach. */
  long resultEnd() {
    return resultArena.end();
  }

  /** Most bytes that were in use at the same time. */
  long peak() {
    return peak;
  }

  /**
   * @param program what is to be laid out
   * @param slots values other than placeholders and computed ones that need a place
   * @param arena what is free of the arena
   * @param results what is free of the memory of results
   */
  static Layout of(Program program, Collection<Value> slots, Holes arena, Holes results) {
    Layout layout = new Layout(arena, results);
    Map<Value, Integer> lastUse = lastUses(program);
    program.outputs().values().forEach(output -> layout.results.add(output.value()));
    program.placeholders().values().forEach(value -> layout.put(value, layout.atStart));
    slots.forEach(value -> layout.put(value, layout.atStart));
    List<Node> nodes = program.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      layout.lay(nodes.get(i), i, lastUse);
    }
    return layout;
  }

  /** The node after which nobody reads a value; the number of nodes if it is handed out. */
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
    program.outputs().values().forEach(o -> last.put(o.value(), program.nodes().size()));
    return last;
  }

  private void lay(Node node, int index, Map<Value, Integer> lastUse) {
    Step step = new Step(new ArrayList<>(), new ArrayList<>());
    Set<Value> overwritten = new HashSet<>();
    for (int output = 0; output < node.outputs().size(); output++) {
      Value value = node.outputs().get(output).value();
      Optional<Value> dying = overwritable(node, output, index, lastUse, overwritten);
      if (dying.isPresent()) {
        places.put(value, places.get(dying.get()));
        overwritten.add(dying.get());
      } else {
        put(value, step.taken());
      }
    }
    Set<Value> dead = new HashSet<>();
    for (List<Operand> operands : List.of(node.inputs(), node.outputs())) {
      for (Operand operand : operands) {
        Value value = operand.value();
        boolean over =
            lastUse.get(value) == index && places.containsKey(value) && !results.contains(value);
        if (over && !overwritten.contains(value) && dead.add(value)) {
          long[] place = {places.get(value).offset(), Arena.rounded(value.bytes())};
          arena.add(place[0], place[1]);
          step.returned().add(place);
          live -= place[1];
        }
      }
    }
    steps.add(step);
  }

  private void put(Value value, List<long[]> taken) {
    long bytes = Arena.rounded(value.bytes());
    boolean result = results.contains(value);
    long offset = (result ? resultArena : arena).take(bytes);
    places.put(value, new Place(result, offset));
    live += bytes;
    peak = Math.max(peak, live);
    if (!result) {
      taken.add(new long[] {offset, bytes});
    }
  }

  private Optional<Value> overwritable(
      Node node, int output, int index, Map<Value, Integer> lastUse, Set<Value> taken) {
    Value written = node.outputs().get(output).value();
    if (results.contains(written)) {
      return Optional.empty();
    }
    for (Traits.Overwrite overwrite : node.traits().overwrites(node.inputs().size())) {
      if (overwrite.output() != output) {
        continue;
      }
      Operand input = node.inputs().get(overwrite.input());
      boolean dies =
          input.value().kind() == Value.Kind.COMPUTED
              && lastUse.get(input.value()) == index
              && !taken.contains(input.value());
      if (dies && node.mayLieOver(output, input.value())) {
        return Optional.of(input.value());
      }
    }
    return Optional.empty();
  }

  /**
   * Finds a place in the arena that is free while a node runs.
   *
   * @param bytes how much each node needs; 0 for nothing
   * @param holes all of the arena
   * @return an offset for each node that needs something
   */
  Map<Integer, Long> scratch(long[] bytes, Holes holes) {
    Map<Integer, Long> offsets = new HashMap<>();
    scratchEnd = holes.end();
    atStart.forEach(place -> holes.take(place[0], place[1]));
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).taken().forEach(place -> holes.take(place[0], place[1]));
      if (bytes[i] > 0) {
        long offset = holes.find(bytes[i]);
        offsets.put(i, offset);
        scratchEnd = Math.max(scratchEnd, offset + Arena.rounded(bytes[i]));
      }
      steps.get(i).returned().forEach(place -> holes.add(place[0], place[1]));
    }
    return offsets;
  }

  /** How far the arena must reach for {@link #scratch}. */
  long scratchEnd() {
    return scratchEnd;
  }
}
