package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * A small convolutional network that judges generated images: its {@link #FEATURES} are what a
 * Fréchet distance compares, its logits say which class an image is of. 3×3 convolutions with ReLUs
 * make the image smaller until its shorter side is 4 pixels or less; then come a linear map to the
 * features, a GELU, and the classifier. There is no norm in it, and no method decides about it, so
 * that it is the same whatever is judged.
 */
public final class FeatureClassifier {
  /** What the classifier reads, [batch, {@link #WIDTH}]. */
  public static final String FEATURES = "features";

  /** Number of features. */
  public static final int WIDTH = 32;

  private static final int SMALLEST = 4;
  private static final int LARGE = 16;

  private FeatureClassifier() {}

  /**
   * Builds the graph.
   *
   * @param height image pixels down
   * @param width image pixels across
   * @param channels image channels
   * @param classes number of classes, at least 2
   * @param seed seed of the initial parameters
   * @return the network, FLOAT; {@link Network#INPUT} is [batch, height, width, channels]
   */
  public static Network build(int height, int width, int channels, int classes, long seed) {
    return Scope.build(
        DataType.FLOAT,
        seed,
        root -> {
          SameDiff sd = root.graph();
          SDVariable x = sd.placeHolder(Network.INPUT, root.type(), -1, height, width, channels);
          int down = height;
          int across = width;
          int in = channels;
          int out = WIDTH;
          // a large image is halved from the start
          int stride = Math.min(height, width) < LARGE ? 1 : 2;
          for (int i = 0; i == 0 || Math.min(down, across) > SMALLEST; i++) {
            x = convolution(root.child("convolution" + i), x, in, out, stride);
            down = (down + stride - 1) / stride;
            across = (across + stride - 1) / stride;
            in = out;
            out = 2 * WIDTH;
            stride = 2;
          }
          long all = (long) down * across * in;
          SDVariable hidden = linear(root.child("features"), x.reshape(-1, all), all, WIDTH);
          SDVariable features = root.ops().gelu(FEATURES, hidden);
          SDVariable scores = linear(root.child("head"), features, WIDTH, classes);
          SDVariable logits = sd.updateVariableNameAndReference(scores, Network.LOGITS);
          SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, classes);
          root.ops().softmaxCrossEntropy("losses", logits, labels).mean(Network.LOSS);
          root.objective(Objective.classification(Network.LOSS));
        });
  }

  private static SDVariable convolution(Scope scope, SDVariable x, int in, int out, int stride) {
    ConvolutionTerms terms = ConvolutionTerms.image(3).padding(1).stride(stride);
    Initializer he = Initializer.kaimingNormal(Initializer.Fan.IN, Math.sqrt(2));
    SDVariable weight = scope.parameter("weight", he, terms.weightShape(in, out));
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), out);
    SDVariable y = scope.ops().convolution2d(scope.name("output"), x, weight, bias, terms);
    return scope.graph().nn().relu(scope.name("relu"), y, 0);
  }

  private static SDVariable linear(Scope scope, SDVariable x, long in, long out) {
    SDVariable weight = scope.parameter("weight", Initializer.xavierUniform(1), in, out);
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), out);
    return scope.ops().linear(scope.name("output"), x, weight, bias);
  }
}
