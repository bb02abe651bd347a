package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Muon: momentum whose matrices are made nearly orthogonal. For a matrix W of [in, out] with
 * gradient G, rate η, momentum μ and decay λ:
 *
 * <pre>
 * B ← μB + G        O = orthogonal(G + μB)
 * W ← (1 − ηλ)W − η·0.2·√max(in, out)·O
 * </pre>
 *
 * {@code orthogonal(X)} is five Newton–Schulz steps {@code X ← aX + (bA + cA²)X}, {@code A = XXᵀ},
 * with (a, b, c) = (3.4445, −4.7750, 2.0315), from {@code X/‖X‖}; they bring singular values to
 * about 0.7 to 1.2. The factor 0.2·√max makes its steps as long as AdamW's usually are, so that one
 * rate fits both. All else (embeddings, the head, vectors, convolutions) moves by {@link AdamW}.
 * Sources: Jordan et al., "Muon", 2024; the factor: arXiv 2502.16982, section 2.2.
 */
public final class Muon implements Optimizer {
  /** The usual momentum. */
  public static final double MOMENTUM = 0.95;

  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;
  private static final int STEPS = 5;
  private static final double SMALL = 1e-7;
  private static final double LENGTH = 0.2;

  private final Matrices matrices;
  private final AdamW others;

  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   * @param matrices names of the matrices that it moves; AdamW moves the others
   * @param momentum μ in [0, 1)
   * @param beta1 AdamW's β₁
   * @param beta2 AdamW's β₂
   * @throws IllegalArgumentException if one of the matrices is none
   */
  public Muon(
      Map<String, INDArray> parameters,
      List<ParameterGroup> groups,
      Set<String> matrices,
      double momentum,
      double beta1,
      double beta2) {
    for (String name : matrices) {
      if (parameters.get(name) == null || parameters.get(name).rank() != 2) {
        throw new IllegalArgumentException(
            "Muon is to move %s, which is no matrix among the parameters; name matrices only"
                .formatted(name));
      }
    }
    List<ParameterGroup> ofMatrices = new ArrayList<>();
    List<ParameterGroup> ofOthers = new ArrayList<>();
    for (ParameterGroup group : groups) {
      Map<Boolean, List<String>> split =
          group.names().stream().collect(Collectors.partitioningBy(matrices::contains));
      ofMatrices.add(group.with(split.get(true)));
      ofOthers.add(group.with(split.get(false)));
    }
    this.matrices = new Matrices(parameters, ofMatrices, momentum);
    others = new AdamW(parameters, ofOthers, beta1, beta2, AdamW.EPSILON);
  }

  @Override
  public void step(double learningRate, Map<String, INDArray> gradients) {
    matrices.step(learningRate, gradients);
    others.step(learningRate, gradients);
  }

  /** The nearly orthogonal matrix of a matrix. */
  static INDArray orthogonal(INDArray matrix) {
    boolean tall = matrix.rows() > matrix.columns();
    INDArray x = (tall ? matrix.transpose() : matrix).dup('c');
    x.divi(x.norm2Number().doubleValue() + SMALL);
    for (int step = 0; step < STEPS; step++) {
      INDArray square = x.mmul(x.transpose());
      INDArray inner = square.mul(B).addi(square.mmul(square).muli(C));
      x = x.mul(A).addi(inner.mmul(x));
    }
    return tall ? x.transpose().dup('c') : x.dup('c');
  }

  @Override
  public Map<String, INDArray> state() {
    Map<String, INDArray> state = new LinkedHashMap<>();
    matrices.state().forEach((name, array) -> state.put("muon." + name, array));
    others.state().forEach((name, array) -> state.put("adamw." + name, array));
    return state;
  }

  @Override
  public void restore(Map<String, INDArray> state) {
    NamedArrays.requireSame("optimizer state", state(), state);
    matrices.restore(part(state, "muon."));
    others.restore(part(state, "adamw."));
  }

  private static Map<String, INDArray> part(Map<String, INDArray> state, String prefix) {
    Map<String, INDArray> part = new LinkedHashMap<>();
    state.forEach(
        (name, array) -> {
          if (name.startsWith(prefix)) {
            part.put(name.substring(prefix.length()), array);
          }
        });
    return part;
  }

  /** The part that moves matrices. */
  private static final class Matrices extends GroupedOptimizer {
    private final double momentum;
    private final List<Moving> pending = new ArrayList<>();

    Matrices(Map<String, INDArray> parameters, List<ParameterGroup> groups, double momentum) {
      super(parameters, groups, List.of("momentum_buffer"), 1);
      this.momentum = requireFraction("Muon's momentum", momentum);
    }

    @Override
    void prepare(ElementLoop loop, List<Moving> moving) {
      pending.addAll(moving);
    }

    @Override
    void update(
        ElementLoop loop,
        String name,
        long steps,
        double rate,
        double weightDecay,
        INDArray parameter,
        INDArray gradient,
        INDArray[] state) {
      loop.add(
          name,
          (rows, n) -> {
            float mu = (float) momentum;
            for (int i = 0; i < n; i++) {
              rows[0][i] = mu * rows[0][i] + rows[1][i];
            }
          },
          (rows, n) -> {
            for (int i = 0; i < n; i++) {
              rows[0][i] = momentum * rows[0][i] + rows[1][i];
            }
          },
          1,
          state[0],
          gradient);
    }

    @Override
    void finish(ElementLoop loop) {
      List<Moving> moving = List.copyOf(pending);
      pending.clear();
      for (Moving one : moving) {
        INDArray direction = orthogonal(one.state()[0].mul(momentum).addi(one.gradient()));
        double keep = 1 - one.rate() * one.weightDecay();
        long longest = Math.max(one.parameter().size(0), one.parameter().size(1));
        double size = one.rate() * LENGTH * Math.sqrt((double) longest);
        loop.add(
            one.name() + "/step",
            (rows, n) -> {
              for (int i = 0; i < n; i++) {
                rows[0][i] = rows[0][i] * (float) keep - (float) size * rows[1][i];
              }
            },
            (rows, n) -> {
              for (int i = 0; i < n; i++) {
                rows[0][i] = rows[0][i] * keep - size * rows[1][i];
              }
            },
            1,
            one.parameter(),
            direction);
      }
      loop.run();
    }
  }
}
