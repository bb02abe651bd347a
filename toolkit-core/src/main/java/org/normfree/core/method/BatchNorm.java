package org.normfree.core.method;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Scope;

/**
 * Batch norm where each norm stands: in training {@code gain·(x − mean)/√(variance + ε) + bias}
 * with the statistics of the batch, channel by channel, in evaluation with running ones, {@code
 * running ← 0.9·running + 0.1·batch}, the variance unbiased. The baseline of networks of
 * convolutions; before the branches of an encoder it stands as a pre-norm. Source: arXiv
 * 1502.03167; momentum and ε are PyTorch's.
 */
public final class BatchNorm extends PreNorm {
  private final double epsilon;
  private final double momentum;
  private final boolean affine;

  /** As in PyTorch: ε 1e-5, momentum 0.1, with gain and bias. */
  public BatchNorm() {
    this(1e-5, 0.1, true);
  }

  /**
   * @param epsilon ε, added to the variance, &gt; 0
   * @param momentum weight of the new value in the running statistics
   * @param affine whether there are a gain and a bias; MAE's linear probe has statistics alone
   */
  public BatchNorm(double epsilon, double momentum, boolean affine) {
    this.epsilon = epsilon;
    this.momentum = momentum;
    this.affine = affine;
  }

  @Override
  public String name() {
    return "batch-norm";
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    long width = site.width();
    SDVariable gain = affine ? LayerNorms.gain(scope, site) : null;
    SDVariable bias = affine ? LayerNorms.bias(scope, site) : null;
    SDVariable mean = scope.state("mean", Initializer.constant(0), width);
    SDVariable variance = scope.state("variance", Initializer.constant(1), width);
    SDVariable y =
        scope.mode() == Mode.TRAINING
            ? training(scope, x, gain, bias, new Running(mean, variance))
            : scope
                .ops()
                .batchNormWith(scope.name("output"), x, mean, variance, gain, bias, epsilon);
    scope.normPoint(x, y, Optional.empty());
    return y;
  }

  /** Running statistics. */
  private record Running(SDVariable mean, SDVariable variance) {}

  private SDVariable training(
      Scope scope, SDVariable x, SDVariable gain, SDVariable bias, Running running) {
    SDVariable[] outputs = scope.ops().batchNorm(scope.name("output"), x, gain, bias, epsilon);
    // n/(n − 1), where n, the values of a channel, depends on the batch
    SDVariable n = scope.graph().size(x).castTo(scope.type());
    n = n.mul(1.0 / running.mean.getShape()[0]);
    SDVariable unbiased = n.mul(scope.graph().math().reciprocal(n.sub(1)));
    advance(scope, running.mean, outputs[1]);
    advance(scope, running.variance, outputs[2].mul(unbiased));
    return outputs[0];
  }

  private void advance(Scope scope, SDVariable running, SDVariable batch) {
    scope.advance(running, running.mul(1 - momentum).add(batch.mul(momentum)));
  }

  /**
   * Refuses decoders.
   *
   * @throws InputException if the stack is one
   */
  @Override
  public void requireServes(Stack stack) {
    if (stack.isDecoder()) {
      throw new InputException(
          "method batch-norm cannot serve a decoder: the statistics of all tokens together tell a token about those that come after it; choose pre-ln, rms-norm or dyt");
    }
  }

  /**
   * As every pre-norm.
   *
   * @throws InputException in a decoder
   */
  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    requireServes(branch.stack());
    return super.residual(scope, branch, x, shortcut, f);
  }
}
