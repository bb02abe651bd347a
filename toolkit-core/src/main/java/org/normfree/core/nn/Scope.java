package org.normfree.core.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.Ops;

/**
 * A named place in a graph under construction: everything declared through it gets the place's name
 * as a prefix, and is remembered for the {@link Network} that the root scope turns into.
 */
public final class Scope {
  private final Registry registry;
  private final Optional<Scope> parent;
  private final String prefix;

  private Scope(Registry registry, Optional<Scope> parent, String prefix) {
    this.registry = registry;
    this.parent = parent;
    this.prefix = prefix;
  }

  /** What all scopes of one graph share. */
  private record Registry(
      SameDiff graph,
      DataType type,
      long seed,
      List<Network.Parameter> parameters,
      Map<String, Network.State> states,
      List<Network.Noise> noises,
      List<Network.NormPoint> norms,
      List<Network.AttentionPoint> attentions) {}

  /**
   * A new graph's root.
   *
   * @param type FLOAT or DOUBLE, of every parameter
   * @param seed seed of the initial values
   * @return the scope without a prefix
   */
  public static Scope root(DataType type, long seed) {
    Registry registry =
        new Registry(
            SameDiff.create(),
            type,
            seed,
            new ArrayList<>(),
            new LinkedHashMap<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    return new Scope(registry, Optional.empty(), "");
  }

  /** The place {@code name} inside this one. */
  public Scope child(String name) {
    return new Scope(registry, Optional.of(this), prefix + name + ".");
  }

  /**
   * The place this one is inside of.
   *
   * @throws IllegalStateException if this is the root
   */
  public Scope parent() {
    return parent.orElseThrow(
        () -> new IllegalStateException("the root scope has no parent; ask a child scope"));
  }

  /** The graph under construction. */
  public SameDiff graph() {
    return registry.graph;
  }

  /** The project's ops on that graph. */
  public Ops ops() {
    return Ops.of(registry.graph);
  }

  /** The type of every parameter. */
  public DataType type() {
    return registry.type;
  }

  /** The full name of {@code name} in this place. */
  public String name(String name) {
    return prefix + name;
  }

  /** This place's own name. */
  public String path() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  /**
   * Declares a trainable parameter; asking again for the same name in the same place gives the same
   * one, which is how parameters are shared.
   *
   * @param name its name within this place
   * @param initializer its initial values
   * @param shape its shape
   * @return the graph variable
   * @throws IllegalArgumentException if it was declared with another shape
   */
  public SDVariable parameter(String name, Initializer initializer, long... shape) {
    String full = name(name);
    if (registry.graph.hasVariable(full)) {
      SDVariable known = registry.graph.getVariable(full);
      if (!Arrays.equals(known.getShape(), shape)) {
        throw new IllegalArgumentException(
            "parameter %s is asked for with shape %s, but was declared with %s; use another name"
                .formatted(full, Arrays.toString(shape), Arrays.toString(known.getShape())));
      }
      return known;
    }
    double[] values = initializer.draw(shape, Rng.of(registry.seed, full, 0));
    registry.parameters.add(new Network.Parameter(full, shape.length));
    // SameDiff.var compares a new array with all it has; this one is new for certain
    SDVariable parameter =
        new SDVariable(full, VariableType.VARIABLE, registry.graph, shape, type());
    registry.graph.associateArrayWithVariable(array(values, shape), parameter);
    return registry.graph.addVariable(parameter);
  }

  /**
   * Declares a constant: it enters the graph as a parameter would, but is not trained.
   *
   * @param name its name within this place
   * @param initializer its values
   * @param shape its shape
   * @return the graph constant
   */
  public SDVariable constant(String name, Initializer initializer, long... shape) {
    double[] values = initializer.draw(shape, Rng.of(registry.seed, name(name), 0));
    return registry.graph.constant(name(name), array(values, shape));
  }

  /**
   * Declares a state: a constant that the training loop replaces after each step by {@code next}.
   *
   * @param name its name within this place
   * @param values its initial values
   * @return the graph constant; tell {@link #advance} what follows it
   */
  public SDVariable state(String name, double[] values) {
    return registry.graph.constant(name(name), array(values, values.length));
  }

  /** An array of the scope's type; rounded here, where it costs less than an ND4J op. */
  private INDArray array(double[] values, long... shape) {
    return switch (type()) {
      case DOUBLE -> Nd4j.create(values, shape);
      case FLOAT -> {
        float[] rounded = new float[values.length];
        for (int i = 0; i < rounded.length; i++) {
          rounded[i] = (float) values[i];
        }
        yield Nd4j.create(rounded, shape);
      }
      default -> Nd4j.create(values, shape).castTo(type());
    };
  }

  /**
   * Says what a state becomes after a training step.
   *
   * @param state a constant from {@link #state}
   * @param next the variable that computes its next value, same shape
   */
  public void advance(SDVariable state, SDVariable next) {
    registry.states.put(state.name(), new Network.State(state.name(), next.name()));
  }

  /**
   * Drop path: multiplies a branch's output by 0 with probability {@code rate} and by {@code
   * 1/(1−rate)} otherwise, image by image, in training only. Source: arXiv 1603.09382.
   *
   * @param x [batch, tokens, width]
   * @param rate probability of a zero, in [0, 1); at 0 nothing is added to the graph
   * @return x times the mask
   */
  public SDVariable dropPath(SDVariable x, double rate) {
    return noise("drop_path", x, rate, Network.BATCH, 1, 1);
  }

  /**
   * Dropout: multiplies every element by 0 with probability {@code rate} and by {@code 1/(1−rate)}
   * otherwise, in training only. Source: JMLR 15 (2014), 1929–1958.
   *
   * @param x what is dropped
   * @param rate probability of a zero, in [0, 1); at 0 nothing is added to the graph
   * @param shape the shape of x, see {@link Network.Noise}
   * @return x times the mask
   */
  public SDVariable dropout(SDVariable x, double rate, long... shape) {
    return noise("dropout", x, rate, shape);
  }

  private SDVariable noise(String name, SDVariable x, double rate, long... shape) {
    if (rate == 0) {
      return x;
    }
    String full = name(name);
    registry.noises.add(new Network.Noise(full, rate, shape));
    long[] open = Arrays.stream(shape).map(length -> Math.max(length, -1)).toArray();
    return x.mul(registry.graph.placeHolder(full, type(), open));
  }

  /**
   * Remembers where a normalization layer stands, for probes.
   *
   * @param input what goes in
   * @param output what comes out
   * @param alpha its α; empty if it has none
   */
  public void normPoint(SDVariable input, SDVariable output, Optional<SDVariable> alpha) {
    registry.norms.add(
        new Network.NormPoint(
            path(), input.name(), output.name(), alpha.map(SDVariable::name).orElse("")));
  }

  /**
   * Remembers where attention is computed, for probes.
   *
   * @param query [batch, tokens, width]
   * @param key [batch, keys, width]
   * @param heads number of heads
   * @param causal whether a query sees only the keys up to its own place
   * @param mask [batch, keys]; empty if there is none
   */
  public void attentionPoint(
      SDVariable query, SDVariable key, int heads, boolean causal, Optional<SDVariable> mask) {
    registry.attentions.add(
        new Network.AttentionPoint(
            path(),
            query.name(),
            key.name(),
            heads,
            causal,
            mask.map(SDVariable::name).orElse("")));
  }

  /** The finished graph with what was declared in it; its loss variable must be marked. */
  public Network network() {
    return new Network(
        registry.graph,
        List.copyOf(registry.parameters),
        List.copyOf(registry.states.values()),
        List.copyOf(registry.noises),
        List.copyOf(registry.norms),
        List.copyOf(registry.attentions));
  }
}
