package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.normfree.core.exec.RandomGraph.Apply;
import org.normfree.core.exec.RandomGraph.Building;
import org.normfree.core.exec.RandomGraph.Draw;
import org.normfree.core.exec.RandomGraph.Fill;
import org.normfree.core.exec.RandomGraph.Leaf;
import org.normfree.core.exec.RandomGraph.Node;
import org.normfree.core.exec.RandomGraph.Source;
import org.normfree.core.exec.RandomGraph.Step;
import org.normfree.core.exec.RandomGraph.Unfit;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.Squash;
import org.normfree.core.op.WindowAxis;

/**
 * Draws SameDiff graphs over all ops of the project and the common ones of SameDiff, of odd, prime
 * and large sizes, with inputs that several ops share, chains that may run in place, views, and
 * several outputs. A seed gives the same graph every time.
 *
 * <p>An op is one entry of {@link #DRAWS}: its name, how its inputs are chosen, and how it is
 * built; the attributes come from the random numbers of the entry's own seed, so that a graph can
 * be built again with other sizes. {@link #MOTIFS} are what has been wrong before: several ops at
 * once.
 *
 * <p>What ND4J 1.0.0-M2.1 itself computes wrongly is left out: see {@code docs/ops/README.md}.
 */
final class RandomGraphs {
  private RandomGraphs() {}

  private static final SDVariable NONE = null;

  /** All ops. */
  static final List<Draw> DRAWS = draws();

  /** Several ops at once. */
  private interface Motif {
    void draw(Drawing d);
  }

  private static List<Draw> draws() {
    List<Draw> draws = new ArrayList<>();
    projectOps(draws);
    elementwise(draws);
    broadcasts(draws);
    shapes(draws);
    reductions(draws);
    products(draws);
    windows(draws);
    return List.copyOf(draws);
  }

  // ---------------------------------------------------------------- the project's ops

  private static void projectOps(List<Draw> draws) {
    draws.add(
        new Draw(
            "dyt",
            d -> {
              int x = d.tensor(1, 4);
              long c = d.size(x, -1);
              return List.of(x, d.alpha(c), d.weight(c), d.weight(c));
            },
            (g, r, in) -> like(in, g.ops.dyt(null, v(in, 0), v(in, 1), v(in, 2), v(in, 3)))));
    draws.add(
        new Draw(
            "dynamicActivation",
            d -> {
              int x = d.tensor(1, 4);
              long c = d.size(x, -1);
              return List.of(x, d.alpha(c), d.weight(1), d.weight(c), d.weight(c));
            },
            RandomGraphs::dynamicActivation));
    draws.add(
        new Draw(
            "layerNorm",
            d -> d.withVectors(2),
            (g, r, in) ->
                like(in, g.ops.layerNorm(null, v(in, 0), v(in, 1), v(in, 2), epsilon(g, r)))));
    draws.add(
        new Draw(
            "rmsNorm",
            d -> d.withVectors(1),
            (g, r, in) -> like(in, g.ops.rmsNorm(null, v(in, 0), v(in, 1), epsilon(g, r)))));
    draws.add(
        new Draw(
            "deepNorm",
            d -> {
              int x = d.tensor(1, 4);
              long c = d.size(x, -1);
              return List.of(x, d.like(x), d.weight(c), d.weight(c));
            },
            (g, r, in) ->
                like(
                    in,
                    g.ops.deepNorm(
                        null,
                        v(in, 0),
                        v(in, 1),
                        g.note("alpha", 0.5 + r.nextInt(5)),
                        v(in, 2),
                        v(in, 3),
                        epsilon(g, r)))));
    draws.add(new Draw("gelu", Drawing::any, unary((g, x) -> g.ops.gelu(null, x))));
    draws.add(new Draw("tanh gelu", Drawing::any, unary((g, x) -> g.ops.tanhGelu(null, x))));
    draws.add(new Draw("silu", Drawing::any, unary((g, x) -> g.ops.silu(null, x))));
    draws.add(new Draw("linear", Drawing::linear, RandomGraphs::linear));
    draws.add(
        new Draw(
            "attention",
            d -> d.attention(false),
            (g, r, in) -> attention(g, r, in, heads(g, r, in.get(0), false))));
    draws.add(
        new Draw(
            "attention masked",
            d -> d.attention(true),
            (g, r, in) -> attention(g, r, in, heads(g, r, in.get(0), false))));
    draws.add(
        new Draw(
            "attention noisy",
            d -> {
              List<Integer> in = new ArrayList<>(d.attention(d.chance(0.3)));
              long[] q = d.shape(in.get(0));
              long[] k = d.shape(in.get(1));
              long[] heads = divisors(q[2], 7);
              long h = heads[d.random.nextInt(heads.length)];
              in.add(d.data(Fill.of(Fill.Kind.DROPOUT), q[0], h, q[1], k[1]));
              return in;
            },
            RandomGraphs::noisyAttention));
    draws.add(
        new Draw(
            "rotary",
            d -> {
              int x = d.tensor(s -> s.length == 3 && s[2] % 2 == 0);
              return List.of(x, d.data(Fill.ids(d.size(x, 1) + 3), d.size(x, 1)));
            },
            (g, r, in) ->
                like(
                    in,
                    g.ops.rotary(
                        null,
                        v(in, 0),
                        v(in, 1),
                        heads(g, r, in.get(0), true),
                        r.nextBoolean() ? 10000 : 100))));
    draws.add(
        new Draw(
            "embedding",
            d -> {
              int table = d.tensor(2, 2);
              return List.of(table, d.data(Fill.ids(d.size(table, 0)), d.anyShape(1, 3, 300)));
            },
            (g, r, in) -> {
              long[] ids = in.get(1).shape();
              long[] shape = Arrays.copyOf(ids, ids.length + 1);
              shape[ids.length] = in.get(0).size(1);
              return new Node(g.ops.embedding(null, v(in, 0), v(in, 1)), shape);
            }));
    draws.add(
        new Draw(
            "softmaxCrossEntropy",
            d -> {
              int x = d.tensor(2, 4);
              return List.of(x, d.leaf(Fill.of(Fill.Kind.DISTRIBUTION), d.shape(x)));
            },
            (g, r, in) ->
                new Node(
                    g.ops.softmaxCrossEntropy(null, v(in, 0), v(in, 1)),
                    withoutLast(in.get(0).shape()))));
    draws.add(sparseCrossEntropy("sparseCrossEntropy", Fill.Kind.IDS, null));
    draws.add(sparseCrossEntropy("sparseCrossEntropy ignoring", Fill.Kind.IDS_OR_IGNORED, -1));
    draws.add(
        new Draw(
            "sigmaReparam",
            d -> {
              int w = d.tensor(2, 2);
              return List.of(w, d.data(Fill.normal(1), d.size(w, 0)), d.weight(1));
            },
            (g, r, in) -> {
              SDVariable[] both = g.ops.sigmaReparam(null, v(in, 0), v(in, 1), v(in, 2));
              return r.nextInt(4) == 0
                  ? new Node(g.note("result", both[1]), in.get(1).shape())
                  : like(in, both[0]);
            }));
    statistics(draws);
    rowsAndDirections(draws);
    windowsOfOurOwn(draws);
    sequences(draws);
  }

  private static void sequences(List<Draw> draws) {
    draws.add(
        new Draw(
            "selectiveScan",
            d -> {
              int u = d.tensor(s -> s.length == 3 && product(s) <= 3000);
              long[] shape = d.shape(u);
              long states = d.random.nextLong(1, 6);
              return List.of(
                  u,
                  d.like(u),
                  d.leaf(Fill.of(Fill.Kind.POSITIVE), shape[2], states),
                  d.weight(shape[0], shape[1], states),
                  d.weight(shape[0], shape[1], states),
                  d.weight(shape[2]),
                  d.like(u),
                  d.weight(shape[2]));
            },
            RandomGraphs::selectiveScan));
    draws.add(
        new Draw(
            "longConvolution",
            d -> {
              int u = d.tensor(s -> s.length == 3 && product(s) <= 12_000);
              long[] shape = d.shape(u);
              return List.of(u, d.scaled(shape[1], shape[1], shape[2]), d.weight(shape[2]));
            },
            (g, r, in) ->
                like(
                    in,
                    g.ops.longConvolution(
                        null, v(in, 0), v(in, 1), r.nextBoolean() ? v(in, 2) : NONE))));
    losses(draws);
  }

  private static void losses(List<Draw> draws) {
    draws.add(
        new Draw(
            "contrastiveLoss",
            d -> {
              int x = d.tensor(s -> s.length == 3 && s[0] * s[1] > 1 && product(s) <= 3000);
              long[] shape = d.shape(x);
              Fill ids = Fill.ids(shape[0] * shape[1]);
              return List.of(
                  x,
                  d.leaf(Fill.normal(1), shape),
                  d.data(ids, shape[0], shape[1], d.random.nextLong(1, 5)),
                  d.data(Fill.ids(5), shape[0], shape[1], 2));
            },
            (g, r, in) -> {
              Node x = in.get(0);
              enough(x.size(-1));
              SDVariable codes = r.nextBoolean() ? v(in, 3) : NONE;
              SDVariable[] both =
                  g.ops.contrastiveLoss(null, v(in, 0), v(in, 1), v(in, 2), codes, 0.5);
              return new Node(both[0], x.size(0), x.size(1));
            }));
    draws.add(
        new Draw(
            "ctcLoss",
            d -> {
              int x = d.tensor(s -> s.length == 3 && s[2] > 2 && product(s) <= 3000);
              long[] shape = d.shape(x);
              return List.of(
                  x,
                  d.data(Fill.ids(shape[2] - 1), shape[0], 3),
                  d.data(Fill.ids(shape[1] + 1), shape[0]),
                  d.data(Fill.ids(4), shape[0]));
            },
            (g, r, in) -> {
              Node x = in.get(0);
              int blank = Math.toIntExact(x.size(2) - 1);
              return new Node(
                  g.ops.ctcLoss(null, v(in, 0), v(in, 1), v(in, 2), v(in, 3), blank), x.size(0));
            }));
    draws.add(
        new Draw(
            "gumbelQuantizer",
            d -> {
              int entries = d.variable(6, d.random.nextLong(1, 5));
              int logits = d.leaf(Fill.normal(2), d.size(), 6);
              long[] shape = d.shape(logits);
              return List.of(
                  logits,
                  entries,
                  d.data(Fill.normal(1), shape),
                  d.data(Fill.of(Fill.Kind.POSITIVE), 1));
            },
            (g, r, in) -> {
              boolean training = g.note("training", r.nextBoolean());
              SDVariable[] all =
                  g.ops.gumbelQuantizer(
                      null,
                      v(in, 0),
                      v(in, 1),
                      training ? v(in, 2) : NONE,
                      training ? v(in, 3) : NONE,
                      2);
              return r.nextInt(3) == 0
                  ? new Node(g.note("output", all[2]), 6)
                  : new Node(all[0], in.get(0).size(0), 2 * in.get(1).size(1));
            }));
  }

  private static Node selectiveScan(Building g, SplittableRandom r, List<Node> in) {
    int options = g.note("options", r.nextInt(16));
    return like(
        in,
        g.ops.selectiveScan(
            null,
            v(in, 0),
            v(in, 1),
            v(in, 2).mul(-1),
            v(in, 3),
            v(in, 4),
            (options & 1) == 0 ? NONE : v(in, 5),
            (options & 2) == 0 ? NONE : v(in, 6),
            (options & 4) == 0 ? NONE : v(in, 7),
            true,
            (options & 8) != 0));
  }

  private static void statistics(List<Draw> draws) {
    draws.add(
        new Draw(
            "batchNorm",
            d -> d.withVectors(2),
            (g, r, in) -> {
              Node x = in.get(0);
              enough(x.length() / x.size(-1));
              SDVariable[] all =
                  g.ops.batchNorm(null, x.variable(), v(in, 1), v(in, 2), epsilon(g, r));
              int output = r.nextInt(4) == 0 ? 1 + r.nextInt(2) : 0;
              return output == 0
                  ? like(in, all[0])
                  : new Node(all[g.note("output", output)], x.size(-1));
            }));
    draws.add(
        new Draw(
            "batchNormWith",
            d -> {
              int x = d.tensor(1, 4);
              long c = d.size(x, -1);
              int variance = d.leaf(Fill.of(Fill.Kind.POSITIVE), c);
              return List.of(x, d.weight(c), variance, d.weight(c), d.weight(c));
            },
            (g, r, in) ->
                like(
                    in,
                    g.ops.batchNormWith(
                        null, v(in, 0), v(in, 1), v(in, 2), v(in, 3), v(in, 4), epsilon(g, r)))));
    draws.add(
        new Draw(
            "groupNorm",
            d -> {
              int x = d.tensor(2, 4);
              return List.of(x, d.weight(d.size(x, -1)), d.weight(d.size(x, -1)));
            },
            (g, r, in) -> {
              Node x = in.get(0);
              long[] divisors =
                  LongStream.rangeClosed(1, x.size(-1)).filter(n -> x.size(-1) % n == 0).toArray();
              long groups = g.note("groups", divisors[r.nextInt(divisors.length)]);
              enough(x.length() / x.size(0) / groups);
              return like(
                  in,
                  g.ops.groupNorm(null, x.variable(), v(in, 1), v(in, 2), groups, epsilon(g, r)));
            }));
  }

  private static void enough(long values) {
    if (values < 5) {
      throw new Unfit("too few values for a deviation");
    }
  }

  private static void rowsAndDirections(List<Draw> draws) {
    draws.add(
        new Draw(
            "weightNorm",
            d -> {
              int v = d.tensor(2, 4);
              return List.of(v, d.weight(d.size(v, -1)));
            },
            (g, r, in) -> {
              enough(in.get(0).length() / in.get(0).size(-1));
              return like(in, g.ops.weightNorm(null, v(in, 0), v(in, 1)));
            }));
    draws.add(
        new Draw(
            "l2Normalize",
            Drawing::any,
            (g, r, in) -> {
              enough(in.get(0).size(-1));
              return like(in, g.ops.l2Normalize(null, v(in, 0), 1e-12));
            }));
    draws.add(
        new Draw(
            "gatherRows",
            d -> {
              int x = d.tensor(3, 3);
              return List.of(x, d.data(Fill.ids(d.size(x, 1)), d.size(x, 0), d.size()));
            },
            (g, r, in) -> {
              Node x = in.get(0);
              Node ids = in.get(1);
              return new Node(
                  g.ops.gatherRows(null, x.variable(), ids.variable()),
                  x.size(0),
                  ids.size(1),
                  x.size(2));
            }));
    draws.add(
        new Draw(
            "scatterRows",
            d -> {
              int rows = d.tensor(3, 3);
              return List.of(rows, d.data(Fill.ids(7), d.size(rows, 0), d.size(rows, 1)));
            },
            (g, r, in) -> {
              Node rows = in.get(0);
              return new Node(
                  g.ops.scatterRows(null, rows.variable(), v(in, 1), 7),
                  rows.size(0),
                  7,
                  rows.size(2));
            }));
    draws.add(
        new Draw(
            "modulate",
            d -> {
              int x = d.tensor(2, 4);
              int scale = d.weight(d.rowsOf(x));
              return List.of(x, scale, d.like(scale));
            },
            (g, r, in) -> like(in, g.ops.modulate(null, v(in, 0), v(in, 1), v(in, 2)))));
    draws.add(
        new Draw(
            "scale",
            d -> {
              int x = d.tensor(1, 4);
              return List.of(x, d.weight(d.rowsOf(x)));
            },
            (g, r, in) -> like(in, g.ops.scale(null, v(in, 0), v(in, 1)))));
    draws.add(
        new Draw(
            "stopGradient plus",
            Drawing::any,
            unary((g, x) -> g.ops.stopGradient(null, x).mul(0.5).add(x))));
  }

  private static void windowsOfOurOwn(List<Draw> draws) {
    draws.add(
        new Draw(
            "convolution2d",
            d -> {
              int x = d.tensor(Drawing::isImage);
              long in = d.size(x, 3);
              long groups = d.chance(0.5) ? 1 : in;
              long out = groups == 1 ? d.random.nextLong(1, 8) : in * d.random.nextLong(1, 3);
              long kh = d.random.nextLong(1, 4);
              long kw = d.random.nextLong(1, 4);
              int w = d.scaled(in / groups * kh * kw, kh, kw, in / groups, out);
              return d.chance(0.5) ? List.of(x, w, d.weight(out)) : List.of(x, w);
            },
            RandomGraphs::ownConvolution));
    draws.add(
        new Draw(
            "convolution1d",
            d -> {
              int x = d.tensor(3, 3);
              long in = d.size(x, 2);
              long groups = d.chance(0.5) ? 1 : in;
              long out = groups == 1 ? d.random.nextLong(1, 8) : in * d.random.nextLong(1, 3);
              long k = d.random.nextLong(1, 6);
              int w = d.scaled(in / groups * k, k, in / groups, out);
              return d.chance(0.5) ? List.of(x, w, d.weight(out)) : List.of(x, w);
            },
            RandomGraphs::ownConvolution));
    draws.add(
        new Draw(
            "maxPool2d",
            d -> List.of(d.leaf(Fill.normal(1), d.image())),
            (g, r, in) -> {
              Node x = in.get(0);
              WindowAxis height = poolAxis(g, r, "height");
              WindowAxis width = poolAxis(g, r, "width");
              long rows = outputs(height, x.size(1));
              long columns = outputs(width, x.size(2));
              return new Node(
                  g.ops.maxPool2d(null, x.variable(), height, width),
                  x.size(0),
                  rows,
                  columns,
                  x.size(3));
            }));
  }

  private static WindowAxis poolAxis(Building g, SplittableRandom r, String name) {
    int size = 1 + r.nextInt(3);
    return g.note(name, WindowAxis.of(size).stride(1 + r.nextInt(2)).padding(r.nextInt(size)));
  }

  private static long outputs(WindowAxis axis, long length) {
    if (axis.outputs(length) < 1) {
      throw new Unfit("smaller than the window");
    }
    return axis.outputs(length);
  }

  private static Node ownConvolution(Building g, SplittableRandom r, List<Node> in) {
    Node x = in.get(0);
    Node w = in.get(1);
    int axes = w.rank() - 2;
    if (x.rank() != w.rank() || x.size(-1) % w.size(axes) != 0) {
      throw new Unfit("channels");
    }
    long groups = x.size(-1) / w.size(axes);
    if (w.size(-1) % groups != 0) {
      throw new Unfit("groups");
    }
    List<WindowAxis> windows = new ArrayList<>();
    long[] shape = x.shape().clone();
    for (int axis = 0; axis < axes; axis++) {
      WindowAxis window =
          WindowAxis.of(w.size(axis)).stride(1 + r.nextInt(2)).dilation(1 + r.nextInt(2));
      WindowAxis padded =
          axes == 1 && r.nextInt(3) == 0
              ? window.causal()
              : window.padding(r.nextInt(3), r.nextInt(3));
      windows.add(g.note("axis " + axis, padded));
      shape[axis + 1] = outputs(padded, x.size(axis + 1));
    }
    shape[shape.length - 1] = w.size(-1);
    ConvolutionTerms terms = new ConvolutionTerms(windows, groups);
    boolean biased = in.size() > 2;
    boolean point =
        groups == 1 && windows.stream().allMatch(window -> window.equals(WindowAxis.of(1)));
    if (!g.bfloat16 || !point) {
      SDVariable bias = biased ? v(in, 2) : NONE;
      return new Node(ownConvolution(g, axes, x.variable(), w.variable(), bias, terms), shape);
    }
    // a linear map of every pixel, whose operands are rounded as those of others are
    SDVariable rounded =
        Bfloat16Rounding.ofGradient(
            ownConvolution(
                g,
                axes,
                Bfloat16Rounding.ofValue(x.variable()),
                Bfloat16Rounding.ofValue(w.variable()),
                NONE,
                terms));
    return new Node(biased ? rounded.add(v(in, 2)) : rounded, shape);
  }

  private static SDVariable ownConvolution(
      Building g,
      int axes,
      SDVariable x,
      SDVariable weight,
      SDVariable bias,
      ConvolutionTerms terms) {
    return axes == 1
        ? g.ops.convolution1d(null, x, weight, bias, terms)
        : g.ops.convolution2d(null, x, weight, bias, terms);
  }

  private static Draw sparseCrossEntropy(String name, Fill.Kind kind, Integer ignored) {
    return new Draw(
        name,
        d -> {
          int x = d.tensor(2, 4);
          long[] shape = d.shape(x);
          Fill classes = new Fill(kind, 1, d.size(x, -1));
          return List.of(x, d.data(classes, withoutLast(shape)));
        },
        (g, r, in) ->
            new Node(
                g.ops.sparseCrossEntropy(
                    null, v(in, 0), v(in, 1), g.note("smoothing", r.nextInt(3) * 0.1), ignored),
                withoutLast(in.get(0).shape())));
  }

  private static Node dynamicActivation(Building g, SplittableRandom r, List<Node> in) {
    Squash squash = List.of(Squash.values()).get(r.nextInt(Squash.values().length));
    int mask = r.nextInt(16);
    g.note("squash", squash);
    g.note("mask", mask);
    SDVariable alpha = (mask & 1) == 0 ? NONE : v(in, 1);
    SDVariable shift = (mask & 2) == 0 ? NONE : v(in, 2);
    if (squash == Squash.HARDTANH) {
      fewElements(in.get(0));
      SDVariable u = alpha == null ? v(in, 0).mul(1) : v(in, 0).mul(alpha);
      SDVariable shifted = shift == null ? u : u.add(shift);
      g.kink(shifted, 1);
      g.kink(shifted, -1);
    }
    return like(
        in,
        g.ops.dynamicActivation(
            null,
            squash,
            v(in, 0),
            alpha,
            shift,
            (mask & 4) == 0 ? NONE : v(in, 3),
            (mask & 8) == 0 ? NONE : v(in, 4)));
  }

  private static Node linear(Building g, SplittableRandom r, List<Node> in) {
    Node x = in.get(0);
    Node weight = in.get(1);
    boolean biased = in.size() > 2;
    long[] shape = x.shape().clone();
    if (weight.rank() != 2 || weight.size(0) != x.size(-1)) {
      throw new Unfit("weight");
    }
    shape[shape.length - 1] = weight.size(1);
    if (!g.bfloat16 || g.folds) { // what is folded is folded in single precision
      return new Node(
          g.ops.linear(null, x.variable(), weight.variable(), biased ? v(in, 2) : NONE), shape);
    }
    SDVariable product =
        g.ops.linear(
            null,
            Bfloat16Rounding.ofValue(x.variable()),
            Bfloat16Rounding.ofValue(weight.variable()),
            null);
    SDVariable rounded = Bfloat16Rounding.ofGradient(product);
    return new Node(biased ? rounded.add(v(in, 2)) : rounded, shape);
  }

  private static Node attention(Building g, SplittableRandom r, List<Node> in, long heads) {
    SDVariable mask = in.size() > 3 ? v(in, 3) : NONE;
    return like(
        in,
        g.ops.attention(
            null,
            v(in, 0),
            v(in, 1),
            v(in, 2),
            heads,
            g.note("causal", (r.nextBoolean() && mask != null) || r.nextInt(4) == 0),
            mask,
            null));
  }

  private static Node noisyAttention(Building g, SplittableRandom r, List<Node> in) {
    Node noise = in.get(in.size() - 1);
    return like(
        in,
        g.ops.attention(
            null,
            v(in, 0),
            v(in, 1),
            v(in, 2),
            g.note("heads", noise.size(1)),
            g.note("causal", r.nextInt(3) == 0),
            in.size() > 4 ? v(in, 3) : NONE,
            noise.variable()));
  }

  /** Few, since the reference goes through them one by one. */
  private static long heads(Building g, SplittableRandom r, Node x, boolean pairs) {
    long width = x.size(2);
    long[] heads = divisors(pairs ? width / 2 : width, Math.max(3, 40 / x.size(0)));
    if (heads.length == 0 || (pairs && width % 2 != 0)) {
      throw new Unfit("no pairs");
    }
    return g.note("heads", heads[r.nextInt(heads.length)]);
  }

  private static double epsilon(Building g, SplittableRandom r) {
    return g.note("epsilon", r.nextBoolean() ? 1e-2 : 1e-4);
  }

  // ---------------------------------------------------------------- element by element

  private static void elementwise(List<Draw> draws) {
    draws.add(new Draw("neg", Drawing::any, unary((g, x) -> g.sd.math.neg(x))));
    draws.add(new Draw("square", Drawing::any, unary((g, x) -> g.sd.math.square(x))));
    draws.add(new Draw("tanh", Drawing::any, unary((g, x) -> g.sd.math.tanh(x))));
    draws.add(new Draw("sigmoid", Drawing::any, unary((g, x) -> g.sd.nn.sigmoid(x))));
    draws.add(new Draw("softplus", Drawing::any, unary((g, x) -> g.sd.nn.softplus(x))));
    draws.add(new Draw("sin", Drawing::any, unary((g, x) -> g.sd.math.sin(x))));
    draws.add(new Draw("erf", Drawing::any, unary((g, x) -> g.sd.math.erf(x))));
    draws.add(new Draw("identity", Drawing::any, unary((g, x) -> g.sd.identity(x))));
    draws.add(new Draw("exp", Drawing::any, unary((g, x) -> g.sd.math.exp(g.sd.math.tanh(x)))));
    draws.add(
        new Draw(
            "sqrt", Drawing::any, unary((g, x) -> g.sd.math.sqrt(g.sd.math.square(x).add(0.5)))));
    draws.add(
        new Draw(
            "log", Drawing::any, unary((g, x) -> g.sd.math.log(g.sd.math.square(x).add(0.5)))));
    draws.add(
        new Draw(
            "reciprocal",
            Drawing::any,
            unary((g, x) -> g.sd.math.reciprocal(g.sd.math.square(x).add(1)))));
    draws.add(new Draw("plus 0.5", Drawing::any, unary((g, x) -> x.add(0.5))));
    draws.add(new Draw("minus 0.3", Drawing::any, unary((g, x) -> x.sub(0.3))));
    draws.add(new Draw("1 minus", Drawing::any, unary((g, x) -> x.rsub(1))));
    draws.add(new Draw("times 0.7", Drawing::any, unary((g, x) -> x.mul(0.7))));
    draws.add(new Draw("over 1.3", Drawing::any, unary((g, x) -> x.div(1.3))));
    draws.add(new Draw("zerosLike plus", Drawing::any, unary((g, x) -> g.sd.zerosLike(x).add(x))));
    draws.add(new Draw("onesLike times", Drawing::any, unary((g, x) -> x.mul(g.sd.onesLike(x)))));
    draws.add(
        new Draw(
            "cast there and back",
            Drawing::any,
            unary(
                (g, x) -> {
                  // DOUBLE holds a FLOAT exactly, so both types compute the same
                  SDVariable wide = x.castTo(DataType.DOUBLE);
                  return g.sd.math.neg(g.type == DataType.DOUBLE ? wide : wide.castTo(g.type));
                })));
    draws.add(
        new Draw(
            "relu",
            Drawing::any,
            (g, r, in) -> {
              fewElements(in.get(0));
              g.kink(v(in, 0), 0);
              return like(in, g.sd.nn.relu(v(in, 0), 0));
            }));
    draws.add(new Draw("add", Drawing::pair, binary((a, b) -> a.add(b))));
    draws.add(new Draw("sub", Drawing::pair, binary((a, b) -> a.sub(b))));
    draws.add(new Draw("mul", Drawing::pair, binary((a, b) -> a.mul(b))));
    draws.add(new Draw("rsub", Drawing::pair, binary((a, b) -> a.rsub(b))));
    draws.add(
        new Draw(
            "div",
            Drawing::pair,
            (g, r, in) -> {
              notSingle(in.get(1));
              return like(in, v(in, 0).div(g.sd.math.square(v(in, 1)).add(1)));
            }));
    draws.add(
        new Draw(
            "max",
            Drawing::pair,
            (g, r, in) -> {
              fewElements(in.get(0));
              if (v(in, 0).name().equals(v(in, 1).name())) {
                throw new Unfit("equal everywhere");
              }
              g.kink(v(in, 0).sub(v(in, 1)), 0);
              return like(in, g.sd.math.max(v(in, 0), v(in, 1)));
            }));
  }

  private static void broadcasts(List<Draw> draws) {
    draws.add(new Draw("add broadcast", Drawing::broadcast, wider((a, b) -> a.add(b))));
    draws.add(new Draw("sub broadcast", Drawing::broadcast, wider((a, b) -> a.sub(b))));
    draws.add(new Draw("mul broadcast", Drawing::broadcast, wider((a, b) -> a.mul(b))));
    draws.add(new Draw("add to broadcast", Drawing::broadcast, wider((a, b) -> b.add(a))));
    draws.add(new Draw("sub from broadcast", Drawing::broadcast, wider((a, b) -> b.sub(a))));
    draws.add(new Draw("mul to broadcast", Drawing::broadcast, wider((a, b) -> b.mul(a))));
    draws.add(
        new Draw(
            "div broadcast",
            Drawing::broadcast,
            (g, r, in) -> {
              notSingle(in.get(1));
              SDVariable divisor = g.sd.math.square(v(in, 1)).add(1);
              return wider((a, b) -> a.div(divisor)).build(g, r, in);
            }));
    draws.add(
        new Draw(
            "column plus row",
            d -> {
              int x = d.tensor(1, 1);
              return List.of(x, d.tensor(1, 1));
            },
            (g, r, in) -> {
              long rows = in.get(0).size(0);
              long columns = in.get(1).size(0);
              SDVariable column = v(in, 0).reshape(rows, 1);
              SDVariable row = v(in, 1).reshape(1, columns);
              return new Node(r.nextBoolean() ? column.add(row) : column.mul(row), rows, columns);
            }));
  }

  // ---------------------------------------------------------------- shapes

  private static void shapes(List<Draw> draws) {
    draws.add(
        new Draw(
            "permute",
            d -> List.of(d.tensor(2, 4)),
            (g, r, in) -> {
              long[] from = in.get(0).shape();
              List<Integer> axes =
                  new ArrayList<>(IntStream.range(0, from.length).boxed().toList());
              for (int i = axes.size() - 1; i > 0; i--) {
                java.util.Collections.swap(axes, i, r.nextInt(i + 1));
              }
              int[] order = axes.stream().mapToInt(Integer::intValue).toArray();
              long[] shape = IntStream.of(order).mapToLong(i -> from[i]).toArray();
              g.note("order", order);
              return new Node(v(in, 0).permute(order), shape);
            }));
    draws.add(
        new Draw(
            "reshape",
            Drawing::any,
            (g, r, in) -> {
              long[] shape = split(r, in.get(0).length());
              return new Node(v(in, 0).reshape(shape), shape);
            }));
    draws.add(
        new Draw(
            "flatten",
            d -> List.of(d.tensor(2, 4)),
            (g, r, in) -> {
              long[] from = in.get(0).shape();
              long last = from[from.length - 1];
              long[] shape = {in.get(0).length() / last, last};
              return new Node(g.sd.reshape(v(in, 0), -1, last), shape);
            }));
    draws.add(
        new Draw(
            "expandDims",
            d -> List.of(d.tensor(1, 3)),
            (g, r, in) -> {
              long[] from = in.get(0).shape();
              int axis = r.nextInt(from.length + 1);
              long[] shape = inserted(from, axis, 1);
              return new Node(g.sd.expandDims(v(in, 0), axis), shape);
            }));
    draws.add(
        new Draw(
            "squeeze",
            d -> List.of(d.tensor(s -> s.length > 1 && LongStream.of(s).anyMatch(n -> n == 1))),
            (g, r, in) -> {
              long[] from = in.get(0).shape();
              int axis = 0;
              while (axis < from.length && from[axis] != 1) {
                axis++;
              }
              if (axis == from.length || from.length == 1) {
                throw new Unfit("no axis of length 1");
              }
              return new Node(g.sd.squeeze(v(in, 0), axis), without(from, axis));
            }));
    draws.add(
        new Draw(
            "concat",
            Drawing::triple,
            (g, r, in) -> {
              int axis = r.nextInt(in.get(0).rank());
              int count = 2 + r.nextInt(2);
              long[] shape = in.get(0).shape().clone();
              shape[axis] *= count;
              SDVariable[] parts =
                  in.stream().limit(count).map(Node::variable).toArray(SDVariable[]::new);
              return new Node(g.sd.concat(g.note("axis", axis), parts), shape);
            }));
    draws.add(
        new Draw(
            "stack",
            Drawing::triple,
            (g, r, in) -> {
              long[] from = in.get(0).shape();
              if (from.length > 3) {
                throw new Unfit("too many axes");
              }
              int axis = r.nextInt(from.length + 1);
              int count = 2 + r.nextInt(2);
              SDVariable[] parts =
                  in.stream().limit(count).map(Node::variable).toArray(SDVariable[]::new);
              return new Node(g.sd.stack(g.note("axis", axis), parts), inserted(from, axis, count));
            }));
    draws.add(
        new Draw(
            "slice",
            Drawing::any,
            (g, r, in) -> {
              long[] shape = in.get(0).shape().clone();
              SDIndex[] indices = new SDIndex[shape.length];
              Arrays.fill(indices, SDIndex.all());
              int axis = r.nextInt(shape.length);
              long first = (long) (r.nextDouble() * shape[axis]);
              long last = first + 1 + (long) (r.nextDouble() * (shape[axis] - first));
              indices[axis] = SDIndex.interval(first, Math.min(last, shape[axis]));
              shape[axis] = Math.min(last, shape[axis]) - first;
              g.note("axis", axis);
              g.note("from", first);
              return new Node(v(in, 0).get(indices), shape);
            }));
    draws.add(
        new Draw(
            "tile",
            Drawing::any,
            (g, r, in) -> {
              long[] shape = in.get(0).shape().clone();
              int[] repeat = new int[shape.length];
              Arrays.fill(repeat, 1);
              int axis = r.nextInt(shape.length);
              repeat[axis] = 2 + r.nextInt(2);
              shape[axis] *= repeat[axis];
              return new Node(g.sd.tile(v(in, 0), g.note("repeat", repeat)), shape);
            }));
  }

  /** A shape of a number of elements, split at random. */
  private static long[] split(SplittableRandom r, long length) {
    List<Long> shape = new ArrayList<>();
    long rest = length;
    int axes = 1 + r.nextInt(4);
    for (int i = 1; i < axes; i++) {
      long[] divisors = divisors(rest, 64);
      long factor = divisors[r.nextInt(divisors.length)];
      shape.add(factor);
      rest /= factor;
    }
    if (rest > 4096) {
      throw new Unfit("too long an axis");
    }
    shape.add(r.nextInt(shape.size() + 1), rest);
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  // ---------------------------------------------------------------- reductions

  private static void reductions(List<Draw> draws) {
    draws.add(reduction("sum", (g, x, keep, axes) -> g.sd.sum(x, keep, axes).mul(0.3)));
    draws.add(reduction("mean", (g, x, keep, axes) -> g.sd.mean(x, keep, axes)));
    draws.add(
        new Draw(
            "softmax",
            Drawing::any,
            (g, r, in) ->
                like(in, g.sd.nn.softmax(v(in, 0), g.note("axis", r.nextInt(in.get(0).rank()))))));
    draws.add(
        new Draw(
            "softmax last",
            Drawing::any,
            (g, r, in) -> like(in, g.sd.nn.softmax(v(in, 0), in.get(0).rank() - 1))));
    draws.add(
        new Draw(
            "logSoftmax",
            Drawing::any,
            // with an axis ND4J cannot clone it
            (g, r, in) -> like(in, g.sd.nn.logSoftmax(v(in, 0)))));
    draws.add(
        new Draw(
            "cumsum",
            Drawing::any,
            (g, r, in) -> like(in, g.sd.cumsum(v(in, 0), r.nextInt(in.get(0).rank())).mul(0.3))));
  }

  private interface Reduction {
    SDVariable of(Building g, SDVariable x, boolean keep, int... axes);
  }

  private static Draw reduction(String name, Reduction reduction) {
    return new Draw(
        name,
        d -> List.of(d.tensor(2, 4)),
        (g, r, in) -> {
          long[] from = in.get(0).shape();
          boolean keep = r.nextBoolean();
          int first = r.nextInt(from.length);
          int second = r.nextInt(from.length);
          int[] axes = IntStream.of(first, second).distinct().sorted().toArray();
          if (axes.length == from.length && !keep) {
            throw new Unfit("a scalar");
          }
          if (IntStream.of(axes).allMatch(axis -> from[axis] == 1)) {
            throw new Unfit("nothing to reduce, which ND4J's session cannot run");
          }
          long[] shape = from.clone();
          for (int axis : axes) {
            shape[axis] = 1;
          }
          if (!keep) {
            for (int i = axes.length - 1; i >= 0; i--) {
              shape = without(shape, axes[i]);
            }
          }
          g.note("axes", axes);
          g.note("keep", keep);
          return new Node(reduction.of(g, v(in, 0), keep, axes), shape);
        });
  }

  // ---------------------------------------------------------------- products

  private static void products(List<Draw> draws) {
    draws.add(
        new Draw(
            "mmul",
            d -> {
              int a = d.tensor(2, 2);
              long n = d.size();
              return List.of(a, d.scaled(d.size(a, 1), d.size(a, 1), n));
            },
            (g, r, in) -> product(g, in, false, false)));
    draws.add(
        new Draw(
            "mmul transposed",
            d -> {
              int a = d.tensor(2, 2);
              long n = d.size();
              return List.of(a, d.scaled(d.size(a, 1), n, d.size(a, 1)));
            },
            (g, r, in) -> product(g, in, false, true)));
    draws.add(
        new Draw(
            "transposed mmul",
            d -> {
              int a = d.tensor(2, 2);
              long n = d.size();
              return List.of(a, d.scaled(d.size(a, 0), d.size(a, 0), n));
            },
            (g, r, in) -> product(g, in, true, false)));
    draws.add(
        new Draw(
            "batched mmul",
            d -> {
              int a = d.tensor(3, 3);
              long n = d.size();
              return List.of(a, d.scaled(d.size(a, 2), d.size(a, 0), d.size(a, 2), n));
            },
            (g, r, in) -> {
              Node a = in.get(0);
              Node b = in.get(1);
              if (b.rank() != 3 || b.size(0) != a.size(0) || b.size(1) != a.size(2)) {
                throw new Unfit("inner sizes");
              }
              return new Node(
                  g.sd.mmul(a.variable(), b.variable()), a.size(0), a.size(1), b.size(2));
            }));
  }

  private static Node product(Building g, List<Node> in, boolean ofA, boolean ofB) {
    Node a = in.get(0);
    Node b = in.get(1);
    boolean single = a.length() == 1 || b.length() == 1;
    if (single || b.rank() != 2 || a.size(ofA ? 0 : 1) != b.size(ofB ? 1 : 0)) {
      throw new Unfit("inner sizes, or [1, 1], whose gradient ND4J cannot compute");
    }
    return new Node(
        g.sd.mmul(a.variable(), b.variable(), ofA, ofB, false),
        a.size(ofA ? 1 : 0),
        b.size(ofB ? 0 : 1));
  }

  // ---------------------------------------------------------------- convolution and pooling

  private static void windows(List<Draw> draws) {
    for (boolean last : new boolean[] {false, true}) {
      String format = last ? "NHWC" : "NCHW";
      draws.add(
          new Draw(
              "conv2d " + format,
              d -> {
                int x = d.tensor(Drawing::isImage);
                long in = d.size(x, last ? 3 : 1);
                long kh = d.random.nextLong(1, 4);
                long kw = d.random.nextLong(1, 4);
                long out = d.random.nextLong(1, 8);
                int w = d.scaled(in * kh * kw, kh, kw, in, out);
                return d.chance(0.5) ? List.of(x, w, d.weight(out)) : List.of(x, w);
              },
              (g, r, in) -> convolution(g, r, in, last, false)));
      draws.add(
          new Draw(
              "depthwise " + format,
              d -> {
                int x = d.tensor(Drawing::isImage);
                long in = d.size(x, last ? 3 : 1);
                int w = d.scaled(9, d.random.nextLong(1, 4), 3, in, d.random.nextLong(1, 3));
                return List.of(x, w);
              },
              (g, r, in) -> convolution(g, r, in, last, true)));
      for (boolean max : new boolean[] {false, true}) {
        draws.add(
            new Draw(
                (max ? "maxPooling " : "avgPooling ") + format,
                d -> List.of(max ? d.leaf(Fill.normal(1), d.image()) : d.tensor(Drawing::isImage)),
                (g, r, in) -> pooling(g, r, in.get(0), last, max)));
      }
    }
    draws.add(
        new Draw(
            "conv1d",
            d -> {
              int x = d.tensor(3, 3);
              long k = d.random.nextLong(1, 5);
              long in = d.size(x, 1);
              long out = d.random.nextLong(1, 8);
              return List.of(x, d.scaled(in * k, k, in, out));
            },
            RandomGraphs::convolution1d));
  }

  private static long windows(long size, long kernel, long stride, boolean same) {
    long count = same ? (size + stride - 1) / stride : (size - kernel) / stride + 1;
    if (size < kernel || count < 1) {
      throw new Unfit("smaller than the window");
    }
    return count;
  }

  private static Node convolution(
      Building g, SplittableRandom r, List<Node> in, boolean last, boolean depthwise) {
    Node x = in.get(0);
    Node w = in.get(1);
    if (x.rank() != 4 || w.rank() != 4 || w.size(2) != x.size(last ? 3 : 1)) {
      throw new Unfit("channels");
    }
    long stride = g.note("stride", 1L + r.nextInt(2));
    boolean same = g.note("same", r.nextBoolean());
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(w.size(0))
            .kW(w.size(1))
            .sH(stride)
            .sW(stride)
            .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
            .dataFormat(last ? "NHWC" : "NCHW")
            .build();
    long height = windows(x.size(last ? 1 : 2), w.size(0), stride, same);
    long width = windows(x.size(last ? 2 : 3), w.size(1), stride, same);
    long channels = depthwise ? w.size(2) * w.size(3) : w.size(3);
    SDVariable y;
    if (depthwise) {
      y = g.sd.cnn.depthWiseConv2d(x.variable(), w.variable(), config);
    } else if (in.size() > 2) {
      y = g.sd.cnn.conv2d(x.variable(), w.variable(), v(in, 2), config);
    } else {
      y = g.sd.cnn.conv2d(x.variable(), w.variable(), config);
    }
    return last
        ? new Node(y, x.size(0), height, width, channels)
        : new Node(y, x.size(0), channels, height, width);
  }

  private static Node convolution1d(Building g, SplittableRandom r, List<Node> in) {
    Node x = in.get(0);
    Node w = in.get(1);
    if (w.rank() != 3 || w.size(1) != x.size(1)) {
      throw new Unfit("channels");
    }
    long stride = g.note("stride", 1L + r.nextInt(2));
    boolean same = g.note("same", r.nextBoolean());
    Conv1DConfig config =
        Conv1DConfig.builder()
            .k(w.size(0))
            .s(stride)
            .d(1)
            .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
            .dataFormat(Conv1DConfig.NCW)
            .build();
    long length = windows(x.size(2), w.size(0), stride, same);
    return new Node(
        g.sd.cnn.conv1d(x.variable(), w.variable(), config), x.size(0), w.size(2), length);
  }

  private static Node pooling(Building g, SplittableRandom r, Node x, boolean last, boolean max) {
    long size = r.nextLong(2, 4);
    long stride = g.note("stride", 1L + r.nextInt(2));
    Pooling2DConfig config =
        Pooling2DConfig.builder()
            .kH(g.note("window", size))
            .kW(size)
            .sH(stride)
            .sW(stride)
            .isNHWC(last)
            .build();
    long height = windows(x.size(last ? 1 : 2), size, stride, false);
    long width = windows(x.size(last ? 2 : 3), size, stride, false);
    SDVariable y =
        max
            ? g.sd.cnn.maxPooling2d(x.variable(), config)
            : g.sd.cnn.avgPooling2d(x.variable(), config);
    return last
        ? new Node(y, x.size(0), height, width, x.size(3))
        : new Node(y, x.size(0), x.size(1), height, width);
  }

  // ---------------------------------------------------------------- motifs

  private static final List<Motif> MOTIFS =
      List.of(
          // x + f(x)·W, the product still reading what the sum might overwrite
          d -> {
            int x = d.tensor(2, 3);
            long c = d.size(x, -1);
            int y = d.apply("linear", x, d.scaled(c, c, c));
            d.apply("add", d.chance(0.5) ? x : y, d.chance(0.5) ? y : x);
          },
          // the same behind something that was just computed and dies here
          d -> {
            int x = d.apply(d.unary(), d.tensor(2, 3));
            long c = d.size(x, -1);
            d.apply("add", x, d.apply("linear", x, d.scaled(c, c, c)));
          },
          d -> {
            int x = d.tensor(1, 4);
            d.apply("add", d.apply("gelu", x), d.apply("silu", x));
          },
          d -> {
            int x = d.tensor(1, 4);
            d.apply("mul", d.apply(d.unary(), x), d.apply(d.unary(), x));
          },
          d -> {
            List<Integer> qkv = d.attention(false);
            Integer[] in = qkv.toArray(Integer[]::new);
            d.apply("add", d.apply("attention", in), d.apply("attention", in));
          },
          // gradients that are one and the same array
          d -> {
            int a = d.leaf(Fill.normal(1), d.anyShape(1, 3, d.budget));
            d.apply("add", a, d.variable(d.shape(a)));
          },
          d -> {
            int x = d.tensor(1, 4);
            for (int i = 0; i < 5; i++) {
              x = d.apply(d.unary(), x);
            }
          },
          // views between ops that may run in place
          d -> {
            int x = d.apply(d.unary(), d.tensor(2, 4));
            int view = d.apply(d.chance(0.5) ? "reshape" : "flatten", x);
            int y = d.apply(d.unary(), view);
            if (d.chance(0.5)) {
              d.apply("mul", y, view);
            }
          },
          // a chain on constants that can be folded, and what uses it
          d -> {
            int c = d.leaf(Source.CONSTANT, Fill.normal(1), d.anyShape(1, 3, d.budget));
            int folded = d.apply(d.unary(), d.apply(d.unary(), c));
            d.apply("mul", folded, d.like(c));
          },
          // feed-forward block
          d -> {
            int x = d.tensor(2, 3);
            long c = d.size(x, -1);
            long hidden = d.size();
            int up = d.apply("linear", x, d.scaled(c, c, hidden), d.weight(hidden));
            int act = d.apply(d.chance(0.5) ? "gelu" : "silu", up);
            int down = d.apply("linear", act, d.scaled(hidden, hidden, c), d.weight(c));
            d.apply("deepNorm", x, down, d.weight(c), d.weight(c));
          },
          // block of a residual network, whose sums and rectifiers norms take over
          d -> {
            int x = d.tensor(2, 4);
            for (int i = 0; i < 2; i++) {
              long c = d.size(x, -1);
              int y =
                  d.chance(0.7)
                      ? d.apply("batchNorm", x, d.weight(c), d.weight(c))
                      : d.apply("dyt", x, d.alpha(c), d.weight(c), d.weight(c));
              int other = d.chance(0.5) ? d.like(y) : d.size(y, -1) == c ? x : y;
              if (d.chance(0.6) && Arrays.equals(d.shape(other), d.shape(y))) {
                y = d.chance(0.5) ? d.apply("add", other, y) : d.apply("add", y, other);
              }
              x = d.apply("relu", y);
            }
            d.apply(d.chance(0.5) ? "mul" : "add", x, d.like(x));
          });

  // ---------------------------------------------------------------- drawing

  /** A graph that is being drawn. */
  static final class Drawing {
    private static final long[] SMALL = {1, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13};
    private static final long[] MEDIUM = {16, 17, 19, 23, 29, 31, 32, 33, 37, 47, 64, 65, 67};
    private static final long[] LARGE = {97, 127, 128, 131, 191, 256, 257, 293, 300};

    final SplittableRandom random;
    final long budget;
    private final long[] sizes;
    private final List<Step> steps = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private Building scratch = new Building(DataType.DOUBLE, false);
    private int named;

    Drawing(SplittableRandom random) {
      this.random = random;
      double kind = random.nextDouble();
      budget = kind < 0.75 ? 1500 : kind < 0.95 ? 12_000 : 90_000;
      sizes = new long[3 + random.nextInt(3)];
      for (int i = 0; i < sizes.length; i++) {
        double which = random.nextDouble();
        boolean large = budget > 12_000;
        long[] from = which < (large ? 0.3 : 0.7) ? SMALL : which < 0.9 ? MEDIUM : LARGE;
        sizes[i] = from[random.nextInt(from.length)];
      }
    }

    boolean chance(double probability) {
      return random.nextDouble() < probability;
    }

    long size() {
      return chance(0.9)
          ? sizes[random.nextInt(sizes.length)]
          : SMALL[random.nextInt(SMALL.length)];
    }

    long[] shape(int step) {
      return nodes.get(step).shape();
    }

    long size(int step, int axis) {
      return nodes.get(step).size(axis);
    }

    long[] anyShape(int fewest, int most, long elements) {
      for (int attempt = 0; attempt < 20; attempt++) {
        long[] shape = new long[fewest + random.nextInt(most - fewest + 1)];
        Arrays.setAll(shape, i -> size());
        if (product(shape) <= elements) {
          return shape;
        }
      }
      long[] shape = new long[fewest];
      Arrays.fill(shape, 2);
      return shape;
    }

    long[] image() {
      for (int attempt = 0; attempt < 20; attempt++) {
        long[] shape = anyShape(4, 4, 3000);
        if (isImage(shape)) {
          return shape;
        }
      }
      return new long[] {2, 3, 7, 5};
    }

    static boolean isImage(long[] s) {
      return s.length == 4 && product(s) <= 6000 && s[1] > 1 && s[2] > 2 && s[3] > 1;
    }

    int variable(long... shape) {
      return leaf(Source.VARIABLE, Fill.normal(1), shape);
    }

    int leaf(Fill fill, long... shape) {
      double kind = random.nextDouble();
      boolean scalar = shape.length == 0;
      Source source =
          kind < 0.55 || scalar
              ? Source.VARIABLE
              : kind < 0.8 ? Source.PLACEHOLDER : kind < 0.93 ? Source.CONSTANT : Source.MOVING;
      return leaf(source, fill, shape);
    }

    /** A leaf without a gradient. */
    int data(Fill fill, long... shape) {
      double kind = random.nextDouble();
      Source source =
          kind < 0.6 && shape.length > 0
              ? Source.PLACEHOLDER
              : kind < 0.9 ? Source.CONSTANT : Source.MOVING;
      return leaf(source, fill, shape);
    }

    int leaf(Source source, Fill fill, long... shape) {
      return add(
          new Leaf(source, fill, LongStream.of(shape).boxed().toList(), random.nextInt(1 << 30)));
    }

    private int add(Step step) {
      nodes.add(RandomGraph.add(scratch, step, nodes, "s" + named++));
      steps.add(step);
      return steps.size() - 1;
    }

    /** Rows that something computed, or a leaf, may give. */
    int tensor(Predicate<long[]> fits) {
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < nodes.size(); i++) {
        if (isReal(i) && fits.test(shape(i))) {
          found.add(i);
        }
      }
      if (found.isEmpty() || chance(0.12)) {
        for (int attempt = 0; attempt < 50; attempt++) {
          long[] shape = anyShape(1, 4, budget);
          if (fits.test(shape)) {
            return leaf(Fill.normal(1), shape);
          }
        }
        if (found.isEmpty()) {
          throw new Unfit("no such shape");
        }
      }
      boolean recent = chance(0.6);
      int from = recent ? Math.max(0, found.size() - 3) : 0;
      return found.get(from + random.nextInt(found.size() - from));
    }

    int tensor(int fewest, int most) {
      return tensor(s -> s.length >= fewest && s.length <= most);
    }

    private boolean isReal(int step) {
      return !(steps.get(step) instanceof Leaf leaf) || leaf.fill().kind() == Fill.Kind.NORMAL;
    }

    List<Integer> any() {
      return List.of(tensor(1, 4));
    }

    List<Integer> pair() {
      int x = tensor(1, 4);
      return chance(0.5) ? List.of(x, like(x)) : List.of(like(x), x);
    }

    List<Integer> triple() {
      int x = tensor(1, 4);
      return List.of(x, like(x), like(x));
    }

    /** Something of the same shape, possibly the very same. */
    int like(int x) {
      return weight(0.8, 1, shape(x));
    }

    /** A parameter of a norm and its like, now and then something computed. */
    int weight(long... shape) {
      return weight(0.3, 1, shape);
    }

    int alpha(long c) {
      return chance(0.5) ? weight(1) : weight(c);
    }

    /** A matrix that keeps the size of what it is multiplied with. */
    int scaled(long inputs, long... shape) {
      if (product(shape) > 90_000) {
        throw new Unfit("too large");
      }
      return chance(0.15)
          ? weight(1, 1 / Math.sqrt((double) inputs), shape)
          : leaf(Fill.normal(1 / Math.sqrt((double) inputs)), shape);
    }

    private int weight(double shared, double scale, long... shape) {
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < nodes.size(); i++) {
        if (isReal(i) && Arrays.equals(shape(i), shape)) {
          found.add(i);
        }
      }
      return !found.isEmpty() && chance(shared)
          ? found.get(random.nextInt(found.size()))
          : leaf(Fill.normal(scale), shape);
    }

    /** The shape of a row for all of x, or for each of its leading parts. */
    long[] rowsOf(int x) {
      long[] shape = shape(x).clone();
      int last = shape.length - 1;
      if (chance(0.4)) {
        return new long[] {shape[last]};
      }
      Arrays.fill(shape, random.nextInt(shape.length), last, 1);
      return shape;
    }

    List<Integer> withVectors(int count) {
      int x = tensor(1, 4);
      List<Integer> in = new ArrayList<>(List.of(x));
      for (int i = 0; i < count; i++) {
        in.add(weight(size(x, -1)));
      }
      return in;
    }

    List<Integer> linear() {
      int x = tensor(1, 4);
      long in = size(x, -1);
      long out = chance(0.4) ? in : size();
      int w = scaled(in, in, out);
      return chance(0.5) ? List.of(x, w, weight(out)) : List.of(x, w);
    }

    List<Integer> broadcast() {
      int x = tensor(1, 4);
      long[] large = shape(x);
      long[] small;
      switch (random.nextInt(5)) {
        case 0 -> small = new long[] {large[large.length - 1]};
        case 1 -> small = new long[] {1};
        case 2 -> small = new long[0];
        case 3 -> small = Arrays.copyOfRange(large, random.nextInt(large.length), large.length);
        default -> {
          small = large.clone();
          small[random.nextInt(small.length)] = 1;
          small[random.nextInt(small.length)] = 1;
        }
      }
      return List.of(x, weight(0.5, 1, small));
    }

    List<Integer> attention(boolean masked) {
      int q = tensor(s -> s.length == 3 && s[1] * s[1] * s[0] <= 20_000 && s[0] <= 7);
      long[] shape = shape(q);
      boolean self = chance(0.6);
      long keys = self ? shape[1] : Math.min(size(), 67);
      int k = self ? (chance(0.4) ? q : like(q)) : weight(0.5, 1, shape[0], keys, shape[2]);
      int v = chance(0.4) ? k : weight(0.6, 1, shape[0], keys, shape[2]);
      return masked
          ? List.of(q, k, v, data(Fill.of(Fill.Kind.MASK), shape[0], keys))
          : List.of(q, k, v);
    }

    private static final List<String> UNARY =
        List.of(
            "neg",
            "tanh",
            "sigmoid",
            "gelu",
            "tanh gelu",
            "silu",
            "square",
            "identity",
            "plus 0.5",
            "times 0.7",
            "1 minus",
            "sin");

    String unary() {
      return UNARY.get(random.nextInt(UNARY.size()));
    }

    int apply(String name, Integer... inputs) {
      return apply(draw(name), List.of(inputs));
    }

    int apply(Draw draw, List<Integer> inputs) {
      Step step = new Apply(draw, inputs, random.nextInt(1 << 30));
      int added = add(step);
      if (nodes.get(added).length() > 4 * budget) {
        throw new Unfit("too large");
      }
      return added;
    }

    /** Does something, or nothing if it turns out not to fit. */
    private boolean attempt(Runnable body) {
      int before = steps.size();
      try {
        body.run();
        return true;
      } catch (Unfit e) {
        steps.subList(before, steps.size()).clear();
        nodes.subList(before, nodes.size()).clear();
        return false;
      }
    }

    RandomGraph graph(Draw first) {
      while (!attempt(() -> apply(first, first.inputs().choose(this)))) {
        scratch = new Building(DataType.DOUBLE, false);
      }
      int ops = 1 + random.nextInt(budget > 12_000 ? 8 : chance(0.1) ? 40 : 14);
      for (int i = 0; i < ops; i++) {
        if (chance(0.2)) {
          Motif motif = MOTIFS.get(random.nextInt(MOTIFS.size()));
          attempt(() -> motif.draw(this));
        } else {
          Draw draw = DRAWS.get(random.nextInt(DRAWS.size()));
          attempt(() -> apply(draw, draw.inputs().choose(this)));
        }
      }
      int computed = steps.size();
      List<Integer> losses = new ArrayList<>(List.of(loss(computed)));
      if (chance(0.08)) {
        losses.add(apply(SCALAR, List.of(term(random.nextInt(computed)))));
      }
      return new RandomGraph(
              List.copyOf(steps), outputs(computed), losses.stream().distinct().toList())
          .withoutDeadSteps();
    }

    /** A sum of terms: of what nobody uses, and of a few other things. */
    private int loss(int computed) {
      Set<Integer> used = new HashSet<>();
      steps.forEach(
          step -> {
            if (step instanceof Apply apply) {
              used.addAll(apply.inputs());
            }
          });
      List<Integer> terms = new ArrayList<>();
      for (int i = 0; i < computed; i++) {
        boolean sink = !used.contains(i) && steps.get(i) instanceof Apply;
        if (isReal(i) && chance(sink ? 0.8 : 0.03)) {
          terms.add(term(i));
        }
      }
      if (terms.isEmpty() || chance(0.15) || !trains(terms)) {
        terms.add(leaf(Source.VARIABLE, Fill.normal(1)));
      }
      if (chance(0.2)) {
        terms.add(random.nextInt(terms.size() + 1), terms.get(random.nextInt(terms.size())));
      }
      int sum = terms.get(0);
      for (int term : terms.subList(1, terms.size())) {
        sum = apply(ADD_SCALARS, chance(0.5) ? List.of(sum, term) : List.of(term, sum));
      }
      return sum == terms.get(0) ? apply(SCALAR, List.of(sum)) : sum;
    }

    private boolean trains(List<Integer> terms) {
      Set<Integer> reached = new LinkedHashSet<>(terms);
      for (int i = steps.size() - 1; i >= 0; i--) {
        if (reached.contains(i) && steps.get(i) instanceof Apply apply) {
          reached.addAll(apply.inputs());
        }
      }
      return reached.stream()
          .anyMatch(i -> steps.get(i) instanceof Leaf l && l.source() == Source.VARIABLE);
    }

    private int term(int step) {
      if (shape(step).length == 0) {
        return apply(SCALAR, List.of(step));
      }
      if (!isReal(step)) {
        return leaf(Source.VARIABLE, Fill.normal(1));
      }
      return switch (random.nextInt(4)) {
        case 0 -> apply(MEAN_SQUARE, List.of(step));
        case 1 -> apply(SUM, List.of(step));
        default ->
            apply(WEIGHTED, List.of(step, leaf(Source.CONSTANT, Fill.normal(1), shape(step))));
      };
    }

    private List<Integer> outputs(int computed) {
      Set<Integer> outputs = new LinkedHashSet<>();
      int wanted = 1 + random.nextInt(6);
      for (int i = 0; i < wanted; i++) {
        outputs.add(chance(0.2) ? steps.size() - 1 : random.nextInt(computed));
      }
      if (chance(0.5)) {
        outputs.add(steps.size() - 1);
      }
      return List.copyOf(outputs);
    }
  }

  private static final Draw MEAN_SQUARE =
      scalar("mean of squares", (g, in) -> g.sd.math.square(v(in, 0)).mean());
  private static final Draw SUM =
      scalar(
          "scaled sum", (g, in) -> v(in, 0).sum().mul(1 / Math.sqrt((double) in.get(0).length())));
  private static final Draw WEIGHTED =
      scalar("weighted mean", (g, in) -> v(in, 0).mul(v(in, 1)).mean());
  private static final Draw SCALAR = scalar("scalar times 1.5", (g, in) -> v(in, 0).mul(1.5));
  private static final Draw ADD_SCALARS = scalar("add", (g, in) -> v(in, 0).add(v(in, 1)));

  private static Draw scalar(String name, BiFunction<Building, List<Node>, SDVariable> f) {
    return new Draw(
        name,
        d -> {
          throw new IllegalStateException("only for losses");
        },
        (g, r, in) -> new Node(f.apply(g, in)));
  }

  private static Draw draw(String name) {
    return DRAWS.stream().filter(d -> d.name().equals(name)).findFirst().orElseThrow();
  }

  /** The graph of a seed. The ops take turns to come first, so that none is ever missed. */
  static RandomGraph graph(long seed) {
    Draw first = DRAWS.get((int) Math.floorMod(seed, (long) DRAWS.size()));
    for (int attempt = 0; ; attempt++) {
      try {
        return new Drawing(new SplittableRandom(seed * 7919 + attempt)).graph(first);
      } catch (Unfit e) {
        // the loss did not fit; other sizes will
      }
    }
  }

  /** A seed whose graph fails, and the smallest graph that was found to fail in the same way. */
  record Finding(long seed, GraphCheck.Failure failure, RandomGraph smallest) {
    @Override
    public String toString() {
      return "seed %s: %s%n%s%n".formatted(seed, failure, smallest.text());
    }
  }

  /**
   * Checks the graph of a seed; one whose reference cannot be compared with gives its place to the
   * next try of the same seed.
   *
   * @param shrinking seconds that a failing graph may take to become smaller
   */
  static Optional<Finding> check(
      long seed, Collection<GraphCheck.Way> ways, GraphCheck.Tally tally, int shrinking) {
    for (int attempt = 0; attempt < 20; attempt++) {
      RandomGraph graph = graph(seed + attempt * 1_000_000_007L * DRAWS.size());
      try {
        return GraphCheck.check(graph, ways, tally)
            .map(failure -> smallest(seed, graph, failure, shrinking));
      } catch (RuntimeException e) {
        // no reference: what it asks for is unfit, or an op of ND4J's fails in the session itself,
        // as the gradient of a slice of one row does; what a plan throws is a finding
        tally.skipped++;
      }
    }
    throw new IllegalStateException("no graph of seed %s can be compared".formatted(seed));
  }

  private static Finding smallest(
      long seed, RandomGraph graph, GraphCheck.Failure failure, int seconds) {
    GraphCheck.Failure[] last = {failure};
    RandomGraph smallest =
        Shrinking.smallest(
            graph,
            candidate -> {
              try {
                Optional<GraphCheck.Failure> found =
                    GraphCheck.check(candidate, List.of(failure.way()), new GraphCheck.Tally());
                boolean same = found.isPresent() && found.get().kind() == failure.kind();
                if (same) {
                  last[0] = found.get();
                }
                return same;
              } catch (RuntimeException e) {
                return false;
              }
            },
            seconds);
    return new Finding(seed, last[0], smallest);
  }

  // ---------------------------------------------------------------- small things

  private static SDVariable v(List<Node> in, int index) {
    return in.get(index).variable();
  }

  private static Node like(List<Node> in, SDVariable y) {
    return new Node(y, in.get(0).shape());
  }

  private static RandomGraph.Builder unary(BiFunction<Building, SDVariable, SDVariable> f) {
    return (g, r, in) -> like(in, f.apply(g, v(in, 0)));
  }

  private static RandomGraph.Builder binary(BinaryOperator<SDVariable> f) {
    return (g, r, in) -> {
      if (!Arrays.equals(in.get(0).shape(), in.get(1).shape())) {
        throw new Unfit("shapes differ");
      }
      return like(in, f.apply(v(in, 0), v(in, 1)));
    };
  }

  /** The second input broadcasts over the first. */
  private static RandomGraph.Builder wider(BinaryOperator<SDVariable> f) {
    return (g, r, in) -> {
      long[] large = in.get(0).shape();
      long[] small = in.get(1).shape();
      int lead = large.length - small.length;
      for (int i = 0; i < small.length; i++) {
        if (lead < 0 || (small[i] != 1 && small[i] != large[lead + i])) {
          throw new Unfit("does not broadcast");
        }
      }
      return like(in, f.apply(v(in, 0), v(in, 1)));
    };
  }

  private static void fewElements(Node node) {
    if (node.length() > 3000) {
      throw new Unfit("some element would be near a kink");
    }
  }

  private static void notSingle(Node node) {
    if (node.length() == 1) {
      throw new Unfit("ND4J's gradient of a divisor of length 1 is wrong");
    }
  }

  private static long product(long[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  private static long[] divisors(long n, long most) {
    LongPredicate divides = k -> n % k == 0;
    return LongStream.rangeClosed(1, Math.min(n, most)).filter(divides).toArray();
  }

  private static long[] withoutLast(long[] shape) {
    return Arrays.copyOf(shape, shape.length - 1);
  }

  private static long[] without(long[] shape, int axis) {
    return IntStream.range(0, shape.length)
        .filter(i -> i != axis)
        .mapToLong(i -> shape[i])
        .toArray();
  }

  private static long[] inserted(long[] shape, int axis, long size) {
    long[] longer = new long[shape.length + 1];
    for (int i = 0; i < longer.length; i++) {
      longer[i] = i < axis ? shape[i] : i == axis ? size : shape[i - 1];
    }
    return longer;
  }
}
