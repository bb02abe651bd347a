package org.normfree.core.method;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.op.WindowAxis;

/**
 * A network of convolutions as a method builds it, with one of each place a method is asked about:
 * stem, a basic block, one that projects its shortcut, a depthwise one, a step down, the end.
 */
final class SmallResNet {
  static final long HEIGHT = 9;
  static final long WIDTH = 7;
  static final long CHANNELS = 3;
  static final int CLASSES = 4;
  static final String INPUT = "input";
  static final String LABELS = "labels";
  static final String LOSS = "loss";

  private static final Stack STACK = Stack.convolutional(3, 2);
  private static final ConvolutionTerms THREE = ConvolutionTerms.image(3).padding(1);

  private final Method method;
  private final Scope root;

  private SmallResNet(Method method, Scope root) {
    this.method = method;
    this.root = root;
  }

  static Network build(Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> new SmallResNet(method, root).build(type));
  }

  private void build(DataType type) {
    SDVariable images = root.graph().placeHolder(INPUT, type, -1, HEIGHT, WIDTH, CHANNELS);
    SDVariable x = build(images);
    SDVariable labels = root.graph().placeHolder(LABELS, type, -1, CLASSES);
    root.ops().softmaxCrossEntropy("losses", x, labels).mean(LOSS);
    root.objective(Objective.classification(LOSS));
  }

  private SDVariable build(SDVariable images) {
    SDVariable x =
        convolution(root.child("stem"), WeightRole.Kind.STEM, 0, images, THREE, CHANNELS, 5);
    x = silu(norm(root.child("stem_norm"), NormSite.Kind.STEM, x, 5));
    WindowAxis pooling = WindowAxis.of(3).stride(2).padding(1);
    x = root.ops().maxPool2d("pooled", x, pooling, pooling); // [5, 4]
    x = basic(root.child("block0"), 0, x, 5, 5, 1);
    x = basic(root.child("block1"), 1, x, 5, 6, 2); // [3, 2]
    x = depthwise(root.child("block2"), x);
    x = norm(root.child("down_norm"), NormSite.Kind.DOWNSAMPLE, x, 6);
    ConvolutionTerms two = ConvolutionTerms.image(2).stride(2); // drops a row
    x = convolution(root.child("down"), WeightRole.Kind.DOWNSAMPLE, 2, x, two, 6, 7);
    SDVariable pooled = x.mean(1, 2);
    SDVariable features = norm(root.child("norm"), NormSite.Kind.FINAL, pooled, 7);
    WeightRole head = new WeightRole(WeightRole.Kind.HEAD, STACK);
    return method.linear(root.child("head"), head, features, 7, CLASSES);
  }

  private SDVariable basic(Scope scope, int block, SDVariable x, long in, long out, long stride) {
    SDVariable shortcut = x;
    if (in != out) {
      ConvolutionTerms one = ConvolutionTerms.image(1).stride(stride);
      shortcut =
          convolution(scope.child("shortcut"), WeightRole.Kind.SHORTCUT, block, x, one, in, out);
      shortcut = norm(scope.child("shortcut_norm"), NormSite.Kind.SHORTCUT, shortcut, out);
    }
    Scope branch = scope.child("branch");
    UnaryOperator<SDVariable> f =
        input -> {
          SDVariable y =
              convolution(
                  branch.child("first"),
                  WeightRole.Kind.CONVOLUTION_IN,
                  block,
                  input,
                  THREE.stride(stride),
                  in,
                  out);
          y = silu(norm(branch.child("first_norm"), NormSite.Kind.CONVOLUTION, y, out));
          y =
              convolution(
                  branch.child("last"), WeightRole.Kind.CONVOLUTION_OUT, block, y, THREE, out, out);
          return norm(branch.child("last_norm"), NormSite.Kind.CONVOLUTION, y, out);
        };
    Branch of = new Branch(Branch.Kind.CONVOLUTION, block, out, STACK);
    return silu(method.residual(branch, of, x, shortcut, f));
  }

  /** With a bias, and grouped besides depthwise. */
  private SDVariable depthwise(Scope scope, SDVariable x) {
    Scope branch = scope.child("branch");
    return method.residual(
        branch,
        new Branch(Branch.Kind.CONVOLUTION, 2, 6, STACK),
        x,
        input -> {
          WeightRole role = new WeightRole(WeightRole.Kind.DEPTHWISE, STACK, 2, true);
          SDVariable y =
              method.convolution(branch.child("first"), role, input, THREE.groups(6), 6, 12);
          y = norm(branch.child("first_norm"), NormSite.Kind.CONVOLUTION, y, 12);
          return convolution(
              branch.child("last"),
              WeightRole.Kind.CONVOLUTION_OUT,
              2,
              silu(y),
              ConvolutionTerms.image(1).groups(3),
              12,
              6);
        });
  }

  private SDVariable convolution(
      Scope scope,
      WeightRole.Kind kind,
      int block,
      SDVariable x,
      ConvolutionTerms terms,
      long in,
      long out) {
    return method.convolution(scope, new WeightRole(kind, STACK, block, false), x, terms, in, out);
  }

  private SDVariable norm(Scope scope, NormSite.Kind kind, SDVariable x, long width) {
    return method.normalize(scope, new NormSite(kind, width), x);
  }

  private SDVariable silu(SDVariable x) {
    return root.ops().silu(null, x);
  }

  /** Moves every parameter off its initial value, so that no gradient is zero by construction. */
  static void perturb(Network network) {
    SplittableRandom random = new SplittableRandom(6);
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      array.addi(random(random, 0.3, array.shape()).castTo(array.dataType()));
    }
  }

  static INDArray random(SplittableRandom random, double range, long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    double[] values = random.doubles(length, -range, range).toArray();
    return Nd4j.createFromArray(values).reshape(shape);
  }

  /** Names of the trained parameters. */
  static List<String> names(Network network) {
    return network.parameters().stream().map(Network.Parameter::name).toList();
  }
}
