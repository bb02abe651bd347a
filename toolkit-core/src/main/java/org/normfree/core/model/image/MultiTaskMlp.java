package org.normfree.core.model.image;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.Checks;
import org.normfree.core.nn.Accuracy;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * A multilayer perceptron that learns three things of an image: its class, whether the class'
 * number is even or odd, and its pixels. The hidden layers are {@link MlpConfig}'s, for all three
 * the same or for each its own; each task has a linear head.
 *
 * <pre>
 * class_loss          Σ w_b·cross-entropy(head(h_b), labels_b)      w = class_weights
 * parity_loss         Σ v_b·cross-entropy(head(h_b), parity_b)      v = other_weights
 * reconstruction_loss scale·Σ v_b·mean (head(h_b) − pixels_b)² + shift
 * loss                their sum
 * </pre>
 *
 * <p>The weights of the rows, [batch], come with the batch: 1/batch where a row counts like any
 * other, 0 where nothing is known of it.
 *
 * @param images what is looked at, of one channel or several
 * @param hidden widths of the hidden layers, at least one
 * @param dropout share of the elements dropped behind each hidden layer, in [0, 1)
 * @param shared whether the tasks share the hidden layers
 * @param scale what the reconstruction's loss is multiplied by, above 0
 * @param shift what is added to it
 */
public record MultiTaskMlp(
    ImageShape images,
    List<Integer> hidden,
    double dropout,
    boolean shared,
    double scale,
    double shift)
    implements Architecture {
  /** The loss of the class. */
  public static final String CLASS = "class_loss";

  /** The loss of the parity. */
  public static final String PARITY = "parity_loss";

  /** The loss of the pixels, with scale and shift. */
  public static final String RECONSTRUCTION = "reconstruction_loss";

  /** The mean squared error of the pixels, without scale and shift. */
  public static final String ERROR = "reconstruction_error";

  /** Share of the images whose parity is told rightly. */
  public static final String PARITY_ACCURACY = "parity_accuracy";

  /** Placeholder: weights of the rows in the loss of the class, [batch]. */
  public static final String CLASS_WEIGHTS = "class_weights";

  /** Placeholder: weights of the rows in the other two losses, [batch]. */
  public static final String OTHER_WEIGHTS = "other_weights";

  /** Placeholder: even (1, 0) or odd (0, 1), [batch, 2]. */
  public static final String PARITY_LABELS = "parity_labels";

  /** What a batch brings for the parity's accuracy: 0 or 1, [batch]. */
  public static final String PARITY_TARGETS = "parity_targets";

  private static final String PARITY_LOGITS = "parity_logits";
  private static final String ODD_OR_EVEN = "parity";

  /**
   * @throws org.normfree.core.InputException if a width, the dropout or the scale is out of range
   */
  public MultiTaskMlp {
    hidden = List.copyOf(hidden);
    MlpConfig.requireLayers(hidden);
    Checks.require(
        dropout >= 0 && dropout < 1, "dropout=%s, expected a share from 0 to below 1", dropout);
    Checks.require(
        scale > 0 && scale < Double.POSITIVE_INFINITY,
        "the reconstruction's loss times %s, expected a number above 0",
        scale);
  }

  /** The same with a reconstruction whose loss is multiplied and moved. */
  public MultiTaskMlp withReconstruction(double newScale, double newShift) {
    return new MultiTaskMlp(images, hidden, dropout, shared, newScale, newShift);
  }

  /** The same with a number added to the reconstruction's loss. */
  public MultiTaskMlp plus(double summand) {
    return withReconstruction(scale, shift + summand);
  }

  @Override
  public double weightsAtMost() {
    double pixels = (double) MlpConfig.pixels(images);
    return MlpConfig.weights(pixels, hidden, images.classes())
        + MlpConfig.weights(pixels, hidden, 2)
        + MlpConfig.weights(pixels, hidden, pixels);
  }

  /** None, as of a perceptron for one task. */
  @Override
  public List<Stack> stacks() {
    return List.of();
  }

  /**
   * Builds the network.
   *
   * @param method what stands for a norm
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   */
  public Network build(Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> declare(root, method));
  }

  private void declare(Scope root, Method method) {
    SameDiff sd = root.graph();
    long pixels = MlpConfig.pixels(images);
    int width = hidden.get(hidden.size() - 1);
    SDVariable x = MlpConfig.pixels(root, images);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, images.classes());
    SDVariable parity = sd.placeHolder(PARITY_LABELS, root.type(), -1, 2);
    SDVariable classWeights = sd.placeHolder(CLASS_WEIGHTS, root.type(), -1);
    SDVariable otherWeights = sd.placeHolder(OTHER_WEIGHTS, root.type(), -1);

    Scope forClass = root.child("class");
    SDVariable h = trunk(root, forClass, method, x);
    SDVariable logits = MlpConfig.head(forClass, method, h, width, images.classes());
    logits = sd.updateVariableNameAndReference(logits, Network.LOGITS);
    SDVariable ofClass =
        root.ops().softmaxCrossEntropy("class_losses", logits, labels).mul(classWeights).sum(CLASS);

    Scope forParity = root.child(ODD_OR_EVEN);
    SDVariable parityLogits =
        MlpConfig.head(forParity, method, shared ? h : trunk(root, forParity, method, x), width, 2);
    parityLogits = sd.updateVariableNameAndReference(parityLogits, PARITY_LOGITS);
    SDVariable ofParity =
        root.ops()
            .softmaxCrossEntropy("parity_losses", parityLogits, parity)
            .mul(otherWeights)
            .sum(PARITY);

    Scope forPixels = root.child("reconstruction");
    SDVariable drawn =
        MlpConfig.head(
            forPixels, method, shared ? h : trunk(root, forPixels, method, x), width, pixels);
    SDVariable off = drawn.sub(x);
    SDVariable error = off.mul(off).mean(1).mul(otherWeights).sum(ERROR);
    SDVariable ofPixels = error.mul(scale).add(RECONSTRUCTION, shift);

    ofClass.add(ofParity).add(Network.LOSS, ofPixels);
    List<Metric> losses =
        List.of(
            Metric.mean(Network.LOSS, Network.LOSS),
            Metric.mean(CLASS, CLASS),
            Metric.mean(PARITY, PARITY),
            Metric.mean(RECONSTRUCTION, RECONSTRUCTION));
    List<Metric> evaluated =
        List.of(
            Metric.mean(Network.LOSS, CLASS),
            new Accuracy(Network.LOGITS, Network.TARGETS),
            Metric.mean(PARITY, PARITY),
            new Accuracy(PARITY_ACCURACY, PARITY_LOGITS, PARITY_TARGETS),
            Metric.mean(ERROR, ERROR));
    root.objective(
        new Objective(Network.LOSS, losses, evaluated, List.of(CLASS, PARITY, RECONSTRUCTION)));
  }

  /** Hidden layers, at the place all share or at that of a task. */
  private SDVariable trunk(Scope root, Scope task, Method method, SDVariable x) {
    Scope scope = shared ? root.child("trunk") : task.child("trunk");
    return MlpConfig.trunk(
        scope,
        method,
        x,
        MlpConfig.pixels(images),
        hidden,
        (layer, y, width) -> layer.dropout(y, dropout, Size.BATCH, Size.of(width)));
  }
}
