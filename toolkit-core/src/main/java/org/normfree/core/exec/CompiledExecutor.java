package org.normfree.core.exec;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.task.Team;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a graph by plans: for each set of wanted outputs and input shapes the graph is put in order
 * once, with a place in memory for every array and a prepared call for every op, so that a step is
 * a loop over calls by a team of threads. A graph with control flow, or with shapes that depend on
 * values, is left to {@link StockExecutor}, which a warning says.
 *
 * <p>Plans for the last few input shapes are kept. The results are the same bits every time,
 * whatever the number of threads. One executor serves one thread at a time.
 */
public final class CompiledExecutor implements GraphExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledExecutor.class);
  private static final Cleaner CLEANER = Cleaner.create();

  /** Four shapes of training batches and four of evaluations: what a corpus in buckets has. */
  private static final int KEPT_PLANS = 8;

  /** How much larger the memory may become than what the largest plan takes alone. */
  private static final double MOST_WASTE = 1.5;

  /** Less is never too much. */
  private static final long FEW_BYTES = 16 << 20;

  private final SameDiff graph;
  private final CompilerSettings settings;
  private final Native owned;
  private final Cleaner.Cleanable cleanable;
  private final Map<List<String>, List<GradientGraph>> differentiated = new HashMap<>();
  private GradientGraph ofTheLoss;
  private StockExecutor stock;
  private Plan last;
  private boolean closed;

  /** What lies outside the Java heap; must not refer to the executor. */
  private static final class Native implements Runnable {
    private final Team team;
    private final AtomicBoolean properly = new AtomicBoolean();
    private Plan.Memory memory = new Plan.Memory(new Arena(), new Arena());
    private final Map<Key, Plan> plans =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Plan> eldest) {
            boolean tooMany = size() > KEPT_PLANS;
            if (tooMany) {
              eldest.getValue().close();
            }
            return tooMany;
          }
        };

    Native(int threads) {
      team = new Team(threads);
    }

    /**
     * Lays a program out in what memory there is, or, where its blocks have become too many pieces
     * for what they hold, in new memory, for which all plans have to go.
     */
    Layout layout(Program program) {
      Layout layout = inMemory(program);
      long grown =
          Math.max(memory.arena().bytes(), layout.arenaEnd())
              + Math.max(memory.results().bytes(), layout.resultEnd());
      boolean grows = grown > memory.arena().bytes() + memory.results().bytes();
      if (grows && grown > FEW_BYTES && grown > MOST_WASTE * largestAlone(program)) {
        freePlans();
        return inMemory(program);
      }
      return layout;
    }

    /**
     * Bytes that the largest plan takes in memory of its own. No less will do: a plan that took
     * more than the limit by itself would drive out all others, and they it, at every turn.
     */
    private long largestAlone(Program program) {
      return plans.values().stream()
          .mapToLong(Plan::bytesAlone)
          .reduce(Plan.bytesAlone(program), Math::max);
    }

    private Layout inMemory(Program program) {
      return Layout.of(
          program, Plan.moved(program), memory.arena().holes(), memory.results().holes());
    }

    private void freePlans() {
      plans.values().forEach(Plan::close);
      plans.clear();
      memory.arena().close();
      // the memory of results lives on as long as somebody holds one
      memory = new Plan.Memory(new Arena(), new Arena());
    }

    @Override
    public void run() {
      if (!properly.get()) {
        LOG.warn("A compiled executor was not closed; its memory is freed now. Close executors.");
      }
      team.close();
      freePlans();
    }
  }

  /**
   * @param losses whose gradients are wanted beside the outputs, each on its own
   */
  private record Key(
      List<List<String>> losses, List<String> outputs, Map<String, List<Long>> shapes) {}

  /**
   * @param graph the graph; its loss is marked where gradients are wanted
   * @param settings threads, precision and what the graph does not tell
   */
  public CompiledExecutor(SameDiff graph, CompilerSettings settings) {
    this.graph = graph;
    this.settings = settings;
    if (!Nd4j.getEnvironment().isCPU()) {
      LOG.warn("Not compiled, SameDiff's own session runs it: plans are for ND4J's CPU backend");
      stock = new StockExecutor(graph, settings.kernels());
    }
    owned = new Native(settings.threads());
    if (stock != null) {
      owned.team.close();
    }
    cleanable = CLEANER.register(this, owned);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the executor was closed
   */
  @Override
  public Map<String, INDArray> output(Map<String, INDArray> placeholders, List<String> outputs) {
    requireOpen();
    try {
      Optional<Map<String, INDArray>> values = run(graph, placeholders, outputs, List.of());
      return values.orElseGet(() -> stock.output(placeholders, outputs));
    } finally {
      // not before the end may the cleaner think that nobody needs the memory
      Reference.reachabilityFence(this);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A variable that the loss does not depend on has no gradient and is left out.
   *
   * @throws IllegalStateException if the executor was closed, or if the graph has no loss or no
   *     trainable variable it depends on
   */
  @Override
  public Pass gradients(Map<String, INDArray> placeholders, List<String> outputs) {
    requireOpen();
    try {
      if (stock != null) {
        return stock.gradients(placeholders, outputs);
      }
      if (ofTheLoss == null) {
        ofTheLoss = GradientGraph.of(graph);
      }
      return passes(placeholders, outputs, List.of(ofTheLoss))
          .map(Passes::only)
          .orElseGet(() -> stock.gradients(placeholders, outputs));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the executor was closed, or a loss depends on no trainable
   *     variable
   */
  @Override
  public Passes gradientsOfEach(
      Map<String, INDArray> placeholders, List<String> outputs, List<String> losses) {
    requireOpen();
    try {
      if (stock != null) {
        return stock.gradientsOfEach(placeholders, outputs, losses);
      }
      List<GradientGraph> each =
          differentiated.computeIfAbsent(
              List.copyOf(losses), names -> GradientGraph.ofEach(graph, names));
      return passes(placeholders, outputs, each)
          .orElseGet(() -> stock.gradientsOfEach(placeholders, outputs, losses));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private Optional<Passes> passes(
      Map<String, INDArray> placeholders, List<String> outputs, List<GradientGraph> each) {
    return run(
            each.get(0).function(),
            placeholders,
            GradientGraph.wanted(outputs, each),
            each.stream().map(GradientGraph::losses).toList())
        .map(values -> GradientGraph.passes(outputs, each, values));
  }

  /** Empty if the graph cannot be compiled; then there is a stock executor. */
  private Optional<Map<String, INDArray>> run(
      SameDiff function,
      Map<String, INDArray> placeholders,
      List<String> outputs,
      List<List<String>> losses) {
    if (stock != null) {
      return Optional.empty();
    }
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    placeholders.forEach(
        (name, array) -> shapes.put(name, Arrays.stream(array.shape()).boxed().toList()));
    Key key = new Key(losses, List.copyOf(outputs), shapes);
    Plan plan = owned.plans.get(key);
    if (plan != null && !plan.reads(function)) {
      owned.plans.remove(key).close();
      plan = null;
    }
    if (plan == null) {
      try {
        Set<String> scalars = losses.stream().flatMap(List::stream).collect(Collectors.toSet());
        plan = compile(function, placeholders, outputs, scalars);
      } catch (NotCompilableException e) {
        LOG.warn("Not compiled, SameDiff's own session runs it: {}", e.getMessage());
        stock = new StockExecutor(graph, settings.kernels());
        owned.team.close(); // what the session multiplies may have OpenBLAS's threads
        return Optional.empty();
      }
      owned.plans.put(key, plan);
    }
    last = plan;
    return Optional.of(plan.run(owned.team, placeholders, settings.profiled()));
  }

  private Plan compile(
      SameDiff function,
      Map<String, INDArray> placeholders,
      Collection<String> outputs,
      Set<String> scalars) {
    long start = System.nanoTime();
    Program program = Lowering.lower(function, placeholders, outputs, settings.moving(), scalars);
    program = Fusion.resultsApart(Fusion.withoutDeadNodes(program));
    program = Fusion.gradientsUseWhatWasSaved(program);
    program = Fusion.inputsIntoReaders(Fusion.readersIntoOps(program));
    program = Fusion.withoutKnownInputs(program);
    if (settings.precision() == Precision.BF16) {
      program = Fusion.withBfloat16(program);
    }
    Layout layout = owned.layout(program);
    Plan plan = new Plan(program, layout, settings.kernels(), settings.threads(), owned.memory);
    LOG.debug(
        "compiled {} steps in {} ms, {} MB in the arena, {} MB in separate buffers",
        program.nodes().size(),
        (System.nanoTime() - start) / 1_000_000,
        plan.arenaBytes() >> 20,
        plan.tensorBytes() >> 20);
    return plan;
  }

  /**
   * What the last call ran: a line a step with its kernel, shapes, bytes and, when profiling, its
   * time.
   *
   * @throws IllegalStateException if nothing was run yet or the executor was closed
   */
  public String explain() {
    requireOpen();
    if (last == null) {
      throw new IllegalStateException(
          stock == null
              ? "nothing was compiled yet; ask for outputs or gradients first"
              : "the graph is not compiled; SameDiff's own session runs it");
    }
    return last.explain();
  }

  /** How many plans there are: one for each set of outputs and input shapes that was asked for. */
  public int plans() {
    requireOpen();
    return owned.plans.size();
  }

  /** Bytes of the last plan's arena, and of one buffer for each variable instead. */
  public record Memory(long arena, long separate) {}

  /**
   * @return memory of the last plan
   */
  public Memory memory() {
    explain();
    return new Memory(last.arenaBytes(), last.tensorBytes());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "this executor was closed, and its plans with it; make a new one for the graph");
    }
  }

  /**
   * Frees the memory of all plans and ends the threads. Arrays it returned stay readable as long as
   * somebody holds them.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      last = null;
      owned.properly.set(true);
      cleanable.clean();
      if (stock != null) {
        stock.close();
      }
    }
  }
}
