package org.normfree.core.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.Ops;

/**
 * A named place in a graph under construction: everything declared through it gets the place's name
 * as a prefix, and is remembered for the {@link Network} that the root scope turns into.
 */
public final class Scope {
  private static final String STEPS = "training_steps";

  /** Whether what the thread builds is only looked at. */
  private static final ThreadLocal<Boolean> OUTLINED = ThreadLocal.withInitial(() -> false);

  private final Registry registry;
  private final Optional<Scope> parent;
  private final Optional<Pass> pass;
  private final String prefix;

  private Scope(Registry registry, Optional<Scope> parent, Optional<Pass> pass, String prefix) {
    this.registry = registry;
    this.parent = parent;
    this.pass = pass;
    this.prefix = prefix;
  }

  /**
   * A further computation with the same parameters.
   *
   * @param name sets its variables apart
   * @param batch how many items it has
   */
  private record Pass(String name, Size batch) {}

  /** What all scopes of one graph share. */
  private static final class Registry {
    private final SameDiff graph = SameDiff.create();
    private final Mode mode;
    private final DataType type;
    private final long seed;
    private final Optional<Registry> training;
    private final boolean drawn;
    private final List<Network.Parameter> parameters = new ArrayList<>();
    private final Map<String, Network.State> states = new LinkedHashMap<>();
    private final List<RandomInput> randoms = new ArrayList<>();
    private final List<Network.NormPoint> norms = new ArrayList<>();
    private final List<Network.AttentionPoint> attentions = new ArrayList<>();
    private final Set<String> undecayed = new HashSet<>();
    private final IdentityHashMap<SDVariable, Object> remembered = new IdentityHashMap<>();
    private final Weight weight;
    private Objective objective = Objective.NONE;
    private boolean modeMatters;

    /**
     * @param training the graph whose arrays this one shares
     * @param drawn whether initial values are drawn
     */
    Registry(Mode mode, DataType type, long seed, Optional<Registry> training, boolean drawn) {
      this.drawn = drawn;
      this.mode = mode;
      this.type = type;
      this.seed = seed;
      this.training = training;
      weight = drawn ? Weight.ofNetwork() : Weight.ofTraining();
      // SameDiff's default holders are made for several devices and copy what they are given
      graph.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
    }

    Network network(Optional<Network> twin) {
      return new Network(
          graph,
          objective,
          List.copyOf(parameters),
          List.copyOf(states.values()),
          List.copyOf(randoms),
          List.copyOf(norms),
          List.copyOf(attentions),
          twin);
    }
  }

  /**
   * Builds a network: once, or, if anything in it asks for the {@link #mode}, once for training and
   * once for evaluation, both graphs over the same parameters and states.
   *
   * @param type FLOAT or DOUBLE, of every parameter
   * @param seed seed of the initial values
   * @param model declares everything in the root scope that it is given, its objective included
   * @return the network
   * @throws IllegalStateException if the evaluation graph declares a parameter or state that the
   *     training graph has not
   */
  public static Network build(DataType type, long seed, Consumer<Scope> model) {
    Scope training = root(Mode.TRAINING, type, seed);
    model.accept(training);
    if (!training.registry.modeMatters) {
      return training.registry.network(Optional.empty());
    }
    Registry twin =
        new Registry(
            Mode.EVALUATION, type, seed, Optional.of(training.registry), training.registry.drawn);
    model.accept(new Scope(twin, Optional.empty(), Optional.empty(), ""));
    return training.registry.network(Optional.of(twin.network(Optional.empty())));
  }

  /**
   * Builds a training graph for its shapes alone: no initial value is drawn, its arrays hold what
   * happened to lie in memory. So the parameters of networks can be counted that nobody here would
   * start.
   *
   * @param type FLOAT or DOUBLE, of every parameter
   * @param model as in {@link #build}
   * @return a network that must not be run
   */
  public static Network outline(DataType type, Consumer<Scope> model) {
    Registry registry = new Registry(Mode.TRAINING, type, 1, Optional.empty(), false);
    model.accept(new Scope(registry, Optional.empty(), Optional.empty(), ""));
    return registry.network(Optional.empty());
  }

  /**
   * Looks at networks before they are trained: what is built on this thread meanwhile is an {@link
   * #outline} that must not be run.
   *
   * @param building builds networks
   * @return what it returns
   * @throws org.normfree.core.InputException if one does not fit the machine's memory while it is
   *     trained, values, gradients and two averages of them counted
   */
  public static <T> T outlined(Supplier<T> building) {
    OUTLINED.set(true);
    try {
      return building.get();
    } finally {
      OUTLINED.remove();
    }
  }

  /**
   * A new training graph's root.
   *
   * @param type FLOAT or DOUBLE, of every parameter
   * @param seed seed of the initial values
   * @return the scope without a prefix
   */
  public static Scope root(DataType type, long seed) {
    return root(Mode.TRAINING, type, seed);
  }

  /**
   * A new graph's root.
   *
   * @param mode what the graph is for
   * @param type FLOAT or DOUBLE, of every parameter
   * @param seed seed of the initial values
   * @return the scope without a prefix
   */
  public static Scope root(Mode mode, DataType type, long seed) {
    Registry registry = new Registry(mode, type, seed, Optional.empty(), !OUTLINED.get());
    return new Scope(registry, Optional.empty(), Optional.empty(), "");
  }

  /** The place {@code name} inside this one. */
  public Scope child(String name) {
    return new Scope(registry, Optional.of(this), pass, prefix + name + ".");
  }

  /**
   * This place once more, to compute with the same parameters from another input, such as crops of
   * another size. Parameters and states are those of this place, all else gets names of its own.
   * States are only read there: {@link #advance} is the first computation's, and so are the places
   * that probes look at.
   *
   * @param name sets what is computed apart from what else is computed with these parameters
   * @param batch how many items the other input has
   * @return the same place
   */
  public Scope again(String name, Size batch) {
    return new Scope(registry, parent, Optional.of(new Pass(name, batch)), prefix);
  }

  /**
   * Exempts the parameters of this place, and of places inside it, from weight decay. Say so before
   * they are declared.
   *
   * @return this place
   */
  public Scope undecayed() {
    registry.undecayed.add(prefix);
    return this;
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

  /**
   * What the graph is for. Ask only where the two differ in more than random inputs, which are
   * neutral in evaluation anyway: whoever asks causes a second graph.
   */
  public Mode mode() {
    registry.modeMatters = true;
    return registry.mode;
  }

  /** The type of every parameter. */
  public DataType type() {
    return registry.type;
  }

  /** The full name of a variable {@code name} in this place. */
  public String name(String name) {
    return pass.map(Pass::name).map(p -> p + "." + prefix).orElse(prefix) + name;
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
   * @throws org.normfree.core.InputException if it, or all of the network, is larger than the
   *     machine's memory
   */
  public SDVariable parameter(String name, Initializer initializer, long... shape) {
    return parameter(name, false, initializer, shape);
  }

  /**
   * Declares a trainable matrix that takes hidden vectors of the network to hidden vectors: no
   * table, and neither a first map of the input nor a last one to the output. Optimizers that treat
   * such matrices as maps, as Muon does, go by it.
   *
   * @param name its name within this place
   * @param initializer its initial values
   * @param in channels of what it maps
   * @param out channels of the result
   * @return as {@link #parameter}
   */
  public SDVariable hiddenMatrix(String name, Initializer initializer, long in, long out) {
    return parameter(name, true, initializer, in, out);
  }

  private SDVariable parameter(
      String name, boolean hidden, Initializer initializer, long... shape) {
    String full = prefix + name;
    if (registry.graph.hasVariable(full)) {
      return known("parameter", full, shape);
    }
    boolean decays = registry.undecayed.stream().noneMatch(full::startsWith);
    registry.parameters.add(new Network.Parameter(full, shape.length, decays, hidden));
    // SameDiff.var compares a new array with all it has; this one is new for certain
    SDVariable parameter =
        new SDVariable(full, VariableType.VARIABLE, registry.graph, shape, type());
    registry.graph.associateArrayWithVariable(
        array(full, () -> draw(full, initializer, shape), shape), parameter);
    return registry.graph.addVariable(parameter);
  }

  private SDVariable known(String what, String full, long... shape) {
    SDVariable known = registry.graph.getVariable(full);
    if (!Arrays.equals(known.getShape(), shape)) {
      throw new IllegalArgumentException(
          "%s %s is asked for with shape %s, but was declared with %s; use another name"
              .formatted(what, full, Arrays.toString(shape), Arrays.toString(known.getShape())));
    }
    return known;
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
    return registry.graph.constant(name(name), draw(prefix + name, initializer, shape));
  }

  /**
   * Declares a state: a constant that changes in place between steps, is saved with the parameters,
   * and is the same array in training and evaluation. Asking again for the same name in the same
   * place gives the same one.
   *
   * @param name its name within this place
   * @param initializer its initial values
   * @param shape its shape
   * @return the graph constant; tell {@link #advance} what follows it, or let the training loop
   *     move it
   * @throws IllegalArgumentException if it was declared with another shape
   */
  public SDVariable state(String name, Initializer initializer, long... shape) {
    String full = prefix + name;
    if (registry.states.containsKey(full)) {
      return known("state", full, shape);
    }
    registry.states.put(full, new Network.State(full, Optional.empty()));
    return registry.graph.constant(full, array(full, () -> draw(full, initializer, shape), shape));
  }

  /**
   * Declares a state that is a vector.
   *
   * @param name its name within this place
   * @param values its initial values
   * @return as {@link #state(String, Initializer, long...)}
   */
  public SDVariable state(String name, double[] values) {
    return state(name, (shape, rng) -> values, values.length);
  }

  private INDArray draw(String full, Initializer initializer, long... shape) {
    if (!registry.drawn && !OUTLINED.get()) {
      return Nd4j.createUninitialized(type(), shape);
    }
    registry.weight.add(full, type().width(), shape);
    if (!registry.drawn) {
      return Nd4j.createUninitialized(type(), shape);
    }
    return array(initializer.draw(shape, Rng.of(registry.seed, full, 0)), shape);
  }

  /** The training graph's array of that name where this is its twin, otherwise a new one. */
  private INDArray array(String full, Supplier<INDArray> fresh, long... shape) {
    if (registry.training.isEmpty()) {
      return fresh.get();
    }
    SameDiff graph = registry.training.get().graph;
    INDArray shared = graph.hasVariable(full) ? graph.getArrForVarName(full) : null;
    if (shared == null || !Arrays.equals(shared.shape(), shape)) {
      throw new IllegalStateException(
          "the evaluation graph declares %s with shape %s, but in the training graph it %s; declare the same arrays in both modes"
              .formatted(
                  full,
                  Arrays.toString(shape),
                  shared == null ? "is missing" : "has " + Arrays.toString(shared.shape())));
    }
    return shared;
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
   * Says what a state becomes after a training step; evaluations move nothing, nor does a place
   * that is used {@link #again}.
   *
   * @param state a constant from {@link #state(String, Initializer, long...)}
   * @param next the variable that computes its next value, same shape
   */
  public void advance(SDVariable state, SDVariable next) {
    if (pass.isEmpty()) {
      registry.states.put(state.name(), new Network.State(state.name(), Optional.of(next.name())));
    }
  }

  /**
   * The number of training steps that have been made, [1]: one state for the whole graph, 0 at the
   * start, moved on by the training loop. In single precision it is exact up to 2²⁴, where it
   * stays.
   *
   * @return the graph constant, also to be read in evaluation
   */
  public SDVariable steps() {
    Scope root = new Scope(registry, Optional.empty(), Optional.empty(), "");
    boolean first = !registry.states.containsKey(STEPS);
    SDVariable steps = root.state(STEPS, Initializer.constant(0), 1);
    if (first) {
      root.advance(steps, steps.add(STEPS + "_next", 1));
    }
    return steps;
  }

  /**
   * Keeps something beside a variable of this graph while the graph is built, such as what a method
   * carries from branch to branch besides the residual stream.
   *
   * @param variable what it goes with; the very object, whatever its name
   * @param beside what is kept; it takes the place of what was kept there before
   */
  public void remember(SDVariable variable, Object beside) {
    registry.remembered.put(variable, beside);
  }

  /**
   * @param variable what {@link #remember} was told
   * @param type what was kept
   * @return it; empty if nothing of that type was kept beside this variable
   */
  public <T> Optional<T> remembered(SDVariable variable, Class<T> type) {
    Object beside = registry.remembered.get(variable);
    return type.isInstance(beside) ? Optional.of(type.cast(beside)) : Optional.empty();
  }

  /**
   * Says what the graph is trained for, and marks its loss.
   *
   * @param objective names of variables of this graph
   */
  public void objective(Objective objective) {
    registry.objective = objective;
    if (!objective.loss().isEmpty()) {
      registry.graph.setLossVariables(objective.loss());
    }
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
    return dropPath(x, rate, 3);
  }

  /**
   * Drop path of a branch of any rank, see {@link #dropPath(SDVariable, double)}.
   *
   * @param x [batch, ...]
   * @param rate probability of a zero, in [0, 1); at 0 nothing is added to the graph
   * @param rank number of axes of x: 4 for maps [batch, height, width, channels]
   * @return x times the mask
   */
  public SDVariable dropPath(SDVariable x, double rate, int rank) {
    Size[] shape = new Size[rank];
    Arrays.fill(shape, Size.of(1));
    shape[0] = Size.BATCH;
    return mask("drop_path", x, rate, shape);
  }

  /**
   * Dropout: multiplies every element by 0 with probability {@code rate} and by {@code 1/(1−rate)}
   * otherwise, in training only. Source: JMLR 15 (2014), 1929–1958.
   *
   * @param x what is dropped
   * @param rate probability of a zero, in [0, 1); at 0 nothing is added to the graph
   * @param shape the shape of x
   * @return x times the mask
   */
  public SDVariable dropout(SDVariable x, double rate, Size... shape) {
    return mask("dropout", x, rate, shape);
  }

  private SDVariable mask(String name, SDVariable x, double rate, Size... shape) {
    return rate == 0
        ? x
        : x.mul(
            random(
                name, new Distribution.Bernoulli(rate), RandomInput.InEvaluation.NEUTRAL, shape));
  }

  /**
   * Declares a random input, drawn anew for every training step.
   *
   * @param name its name within this place
   * @param distribution what is drawn
   * @param inEvaluation what an evaluation gets
   * @param shape its shape; {@link Size#BATCH} is the batch of the {@link #again} pass where this
   *     is one
   * @return a placeholder of the scope's type, or INT32 where integers are drawn
   */
  public SDVariable random(
      String name,
      Distribution distribution,
      RandomInput.InEvaluation inEvaluation,
      Size... shape) {
    String full = name(name);
    Size batch = pass.map(Pass::batch).orElse(Size.BATCH);
    List<Size> sizes = Arrays.stream(shape).map(s -> s.equals(Size.BATCH) ? batch : s).toList();
    registry.randoms.add(new RandomInput(full, distribution, inEvaluation, sizes));
    long[] open = Arrays.stream(shape).mapToLong(Size::declared).toArray();
    DataType drawn = distribution.integers() ? DataType.INT32 : type();
    return registry.graph.placeHolder(full, drawn, open);
  }

  /**
   * Remembers where a normalization layer stands, for probes.
   *
   * @param input what goes in
   * @param output what comes out
   * @param alpha its α; empty if it has none
   */
  public void normPoint(SDVariable input, SDVariable output, Optional<SDVariable> alpha) {
    if (pass.isEmpty()) {
      registry.norms.add(
          new Network.NormPoint(
              path(), input.name(), output.name(), alpha.map(SDVariable::name).orElse("")));
    }
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
    if (pass.isEmpty()) {
      registry.attentions.add(
          new Network.AttentionPoint(
              path(),
              query.name(),
              key.name(),
              heads,
              causal,
              mask.map(SDVariable::name).orElse("")));
    }
  }

  /**
   * The finished graph with what was declared in it.
   *
   * @throws IllegalStateException if it is a training graph and something in it asked for the mode:
   *     then it needs a twin, see {@link #build}
   */
  public Network network() {
    if (registry.modeMatters && registry.mode == Mode.TRAINING) {
      throw new IllegalStateException(
          "the network is another one in evaluation; build it with Scope.build, which makes both"
              + " graphs");
    }
    return registry.network(Optional.empty());
  }
}
