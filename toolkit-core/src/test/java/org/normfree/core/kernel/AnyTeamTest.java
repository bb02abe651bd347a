package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.NativeThreads;
import org.normfree.core.exec.Precision;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.Ops;
import org.normfree.core.task.Team;

/** What is divided by shape alone has the same bits whatever the team, and the right ones. */
class AnyTeamTest {
  private final SplittableRandom random = new SplittableRandom(12);

  /** Graphs of a random size whose gradient of w is a sum that the team shares. */
  enum Case {
    TALL_PRODUCT {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long in = 2L + random.nextInt(70);
        long out = 1L + random.nextInt(70);
        SDVariable w = sd.var("w", numbers(1, type, in, out));
        return Ops.of(sd).linear(null, x(sd, type, 600L + random.nextInt(3000), in), w, null);
      }
    },
    FEW_ROWS {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long in = 1L + random.nextInt(20);
        long out = 1L + random.nextInt(20);
        long last = 1L + random.nextInt(200);
        SDVariable v = sd.constant("v", numbers(5, type, out, last));
        SDVariable w = sd.var("w", numbers(1, type, in, out));
        SDVariable h = Ops.of(sd).linear(null, x(sd, type, 1L + random.nextInt(20), in), w, null);
        return Ops.of(sd).linear(null, h, v, null);
      }
    },
    SEQUENCE {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long taps = 1L + random.nextInt(5);
        long stride = 1L + random.nextInt(3);
        long in = 32L + random.nextInt(17);
        long out = 1L + random.nextInt(48);
        ConvolutionTerms terms = ConvolutionTerms.sequence(taps).stride(stride);
        SDVariable w = sd.var("w", numbers(1, type, terms.weightShape(in, out)));
        long length = 128 * stride + taps + random.nextInt(200);
        SDVariable x = x(sd, type, 1L + random.nextInt(11), length, in);
        return Ops.of(sd).convolution1d(null, x, w, null, terms);
      }
    },
    THREE_BY_THREE {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long in = 16L * (2 + random.nextInt(3));
        long out = 16L * (2 + random.nextInt(3));
        ConvolutionTerms terms =
            ConvolutionTerms.image(3).padding(random.nextInt(3), random.nextInt(3));
        SDVariable w = sd.var("w", numbers(1, type, terms.weightShape(in, out)));
        SDVariable v = sd.constant("v", numbers(5, type, terms.weightShape(out, 32)));
        long batch = 7L + random.nextInt(5);
        SDVariable x = x(sd, type, batch, 13L + random.nextInt(7), 14L + random.nextInt(5), in);
        SDVariable h = Ops.of(sd).convolution2d(null, x, w, null, terms);
        return Ops.of(sd).convolution2d(null, h, v, null, terms);
      }
    },
    DEPTHWISE {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long size = 1L + random.nextInt(9);
        long channels = 2L + random.nextInt(40);
        ConvolutionTerms terms =
            ConvolutionTerms.image(size)
                .stride(1L + random.nextInt(2))
                .dilation(1L + random.nextInt(2))
                .padding(random.nextInt(4))
                .groups(channels);
        SDVariable w = sd.var("w", numbers(1, type, terms.weightShape(channels, channels)));
        long[] shape = {1L + random.nextInt(19), 17L + random.nextInt(7), 17, channels};
        return Ops.of(sd).convolution2d(null, x(sd, type, shape), w, null, terms);
      }
    },
    BATCH_NORM {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long channels = 1L + random.nextInt(70);
        SDVariable w = sd.var("w", numbers(1, type, channels));
        SDVariable x = x(sd, type, 1000L + random.nextInt(3000), channels);
        return Ops.of(sd).batchNorm(null, x, w, null, 1e-5)[0];
      }
    },
    GROUP_NORM {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long groups = 1L + random.nextInt(6);
        long channels = groups * (1L + random.nextInt(11));
        SDVariable w = sd.var("w", numbers(1, type, channels));
        SDVariable x = x(sd, type, 1L + random.nextInt(7), 1000L + random.nextInt(999), channels);
        return Ops.of(sd).groupNorm(null, x, w, null, groups, 1e-5);
      }
    },
    MEAN {
      @Override
      SDVariable of(SameDiff sd, SplittableRandom random, DataType type) {
        long[] shape = random.longs(1 + random.nextInt(3), 1, 33).toArray();
        return x(sd, type, shape).mul(sd.var("w", numbers(1, type, shape))).mean();
      }
    };

    abstract SDVariable of(SameDiff sd, SplittableRandom random, DataType type);
  }

  private static SDVariable x(SameDiff sd, DataType type, long... shape) {
    return sd.constant("x", numbers(2, type, shape));
  }

  private static INDArray numbers(long seed, DataType type, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = new SplittableRandom(seed).doubles(length, -1, 1).toArray();
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).castTo(type).reshape(shape);
  }

  private static SameDiff graph(Case kind, long seed, DataType type) {
    SameDiff sd = SameDiff.create();
    SDVariable y = kind.of(sd, new SplittableRandom(seed), type).rename("y");
    INDArray weights = numbers(3, type, sd.outputSingle(Map.of(), "y").shape());
    y.mul(sd.constant("weights", weights)).sum("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  private static INDArray gradient(GraphExecutor executor) {
    try (executor) {
      return executor.gradients(Map.of(), List.of("y")).gradients().get("w").dup('c');
    }
  }

  @ParameterizedTest
  @EnumSource
  void hasTheSameBits(Case kind) {
    for (int i = 0; i < 12; i++) {
      long seed = random.nextLong();
      INDArray expected = gradient(new StockExecutor(graph(kind, seed, DataType.DOUBLE)));
      SameDiff graph = graph(kind, seed, DataType.FLOAT);
      for (String kernels : List.of("auto", "java")) {
        String what = "%s, %s, seed %s, x %s".formatted(kind, kernels, seed, shape(graph));
        INDArray one = gradient(graph, kernels, 1);
        double scale = Math.max(1e-3, expected.amaxNumber().doubleValue());
        assertThat(one.castTo(DataType.DOUBLE).sub(expected).amaxNumber().doubleValue())
            .as(what)
            .isLessThanOrEqualTo(1e-5 * scale);
        for (int threads : new int[] {2, 3, 5}) {
          assertThat(gradient(graph, kernels, threads).data().asFloat())
              .as("%s, %s threads", what, threads)
              .isEqualTo(one.data().asFloat());
        }
      }
    }
  }

  private static INDArray gradient(SameDiff graph, String kernels, int threads) {
    CompilerSettings settings =
        new CompilerSettings(threads, Precision.FLOAT32, Kernels.load(kernels), Set.of(), false);
    return gradient(new CompiledExecutor(graph, settings));
  }

  static List<String> methods() {
    return Methods.names();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodHasTheSameBits(String name) {
    sameBits(name, threads -> plan(threads, Precision.FLOAT32));
  }

  /** SameDiff's session, its native operations on one thread as in a run. */
  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodHasTheSameBitsInTheSession(String name) {
    int before = Team.size();
    try {
      sameBits(
          name,
          threads -> {
            NativeThreads.limit(1);
            Team.size(threads);
            return network -> new StockExecutor(network.graph(), Kernels.standard());
          });
    } finally {
      Team.size(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pre-ln", "dyt", "deepnorm"})
  void roundedOperandsHaveTheSameBits(String name) {
    assumeTrue(
        Kernel.missingForBfloat16(Kernels.standard()).isEmpty(),
        "nothing here multiplies bfloat16");
    sameBits(name, threads -> plan(threads, Precision.BF16));
  }

  private static Function<Network, GraphExecutor> plan(int threads, Precision precision) {
    CompilerSettings settings =
        new CompilerSettings(threads, precision, Kernels.standard(), Set.of(), false);
    return network -> new CompiledExecutor(network.graph(), settings);
  }

  /** Large enough that every sum over rows has several parts. */
  private static void sameBits(
      String name, IntFunction<Function<Network, GraphExecutor>> executors) {
    ViTConfig config = new ViTConfig(14, 10, 2, 3, 2, 36, 2, 2, 1.5, ViTConfig.Pooling.MEAN, 0.1);
    Network network = config.build(Methods.create(name, MethodOptions.DEFAULTS), DataType.FLOAT, 1);
    int batch = 61;
    Map<String, INDArray> in = new HashMap<>();
    in.put(Network.INPUT, numbers(4, DataType.FLOAT, batch, 14, 10, 2));
    in.put(Network.LABELS, Nd4j.ones(DataType.FLOAT, batch, 3).divi(3));
    for (RandomInput noise : network.randoms()) {
      long[] shape = noise.shape().stream().mapToLong(size -> size.among(in)).toArray();
      in.put(noise.name(), Nd4j.ones(DataType.FLOAT, shape));
    }
    Map<String, float[]> one = new HashMap<>();
    for (int threads : new int[] {1, 2, 3, 5}) {
      try (GraphExecutor plan = executors.apply(threads).apply(network)) {
        plan.gradients(in, List.of(Network.LOSS))
            .gradients()
            .forEach(
                (parameter, gradient) -> {
                  float[] bits = gradient.dup('c').data().asFloat();
                  assertThat(bits)
                      .as("%s, %s threads", parameter, threads)
                      .isEqualTo(one.computeIfAbsent(parameter, first -> bits));
                });
      }
    }
    assertThat(one).hasSize(network.parameters().size());
  }

  private static String shape(SameDiff graph) {
    return Arrays.toString(graph.getVariable("x").getShape());
  }
}
