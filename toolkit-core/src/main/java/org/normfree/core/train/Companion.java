package org.normfree.core.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;

/**
 * A second network of a run whose outputs the trained one reads, such as a teacher. Its own
 * parameters change only where a {@link org.normfree.core.optim.Follower} changes them; its states
 * move on after a training step as its graph says. No gradient reaches it.
 *
 * <p>Its random inputs get numbers of its own. Its other placeholders are filled from the batch,
 * from those of the trained network that have the same name, random ones among them, and by sources
 * of its own.
 */
public final class Companion implements Source {
  private final String name;
  private final Runner runner;
  private final Mode mode;
  private final Map<String, String> outputs;
  private final List<Source> sources;
  private final Inputs training;
  private final Inputs evaluation;
  private final Map<String, INDArray> next = new LinkedHashMap<>();

  /**
   * How two networks are joined.
   *
   * @param reads placeholders of the companion that take what has another name in the batch or in
   *     the trained network, and that name; a teacher that reads another view of the input, for
   *     example. Others take what has their own name
   * @param gives placeholders of the trained network, and the variables of the companion that fill
   *     them
   */
  public record Wiring(Map<String, String> reads, Map<String, String> gives) {
    /** Copies the maps. */
    public Wiring {
      reads = Map.copyOf(reads);
      gives = Map.copyOf(gives);
    }
  }

  /**
   * @param name what it is called in checkpoints
   * @param runner the network and what runs it; closed by whoever made it
   * @param mode which of its graphs a training step runs: {@code EVALUATION} for a teacher without
   *     drop path, {@code TRAINING} for one with statistics of the batch
   * @param seed seed of its random inputs
   * @param wiring what it reads and what reads it
   * @param sources what fills placeholders of its own besides
   */
  public Companion(
      String name, Runner runner, Mode mode, long seed, Wiring wiring, List<Source> sources) {
    this.name = name;
    this.runner = runner;
    this.mode = mode;
    this.outputs = wiring.gives();
    this.sources = List.copyOf(sources);
    training = new Inputs(runner.network(), name + "/", seed, wiring.reads());
    evaluation = new Inputs(runner.network().evaluation(), name + "/", seed, wiring.reads());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<String> placeholders() {
    return outputs.keySet();
  }

  @Override
  public Map<String, INDArray> values(Pass pass, Map<String, INDArray> known) {
    boolean step = pass.mode() == Mode.TRAINING;
    Mode run = step ? mode : Mode.EVALUATION;
    boolean drawn = run == Mode.TRAINING;
    Network network = runner.network(run);
    Inputs inputs = drawn ? training : evaluation;
    Map<String, String> moved = step ? movedBy(network) : Map.of();
    List<String> wanted = new ArrayList<>(outputs.values());
    wanted.addAll(moved.values());
    Map<String, INDArray> values =
        runner
            .executor(run)
            .output(inputs.of(pass, drawn, known, sources), wanted.stream().distinct().toList());
    // kept aside: an evaluation may come before the step's end
    moved.forEach(
        (state, variable) ->
            next.computeIfAbsent(state, s -> network.array(s).dup()).assign(values.get(variable)));
    Map<String, INDArray> fed = new LinkedHashMap<>();
    outputs.forEach((placeholder, variable) -> fed.put(placeholder, values.get(variable)));
    return fed;
  }

  private static Map<String, String> movedBy(Network network) {
    Map<String, String> moved = new LinkedHashMap<>();
    network.states().forEach(s -> s.next().ifPresent(next -> moved.put(s.name(), next)));
    return moved;
  }

  @Override
  public void advance() {
    next.forEach((state, value) -> runner.network().array(state).assign(value));
    sources.forEach(Source::advance);
  }

  /** Its parameters and states, and those of its sources. */
  @Override
  public Map<String, INDArray> arrays() {
    Map<String, INDArray> arrays = Trainer.arrays(runner.network());
    sources.forEach(
        source ->
            source
                .arrays()
                .forEach((array, value) -> arrays.put(source.name() + "/" + array, value)));
    return arrays;
  }
}
