package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;

/** The two ends that all image classifiers share. */
final class Classification {
  private Classification() {}

  /** The placeholder of the images, [batch, height, width, channels]. */
  static SDVariable input(Scope root, ImageShape images) {
    return root.graph()
        .placeHolder(
            Network.INPUT, root.type(), -1, images.height(), images.width(), images.channels());
  }

  /**
   * Names the logits, and trains them to be the labels.
   *
   * @param head [batch, classes]
   */
  static void learn(Scope root, SDVariable head, ImageShape images) {
    SameDiff sd = root.graph();
    SDVariable logits = sd.updateVariableNameAndReference(head, Network.LOGITS);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, images.classes());
    root.ops().softmaxCrossEntropy(root.name("losses"), logits, labels).mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }
}
