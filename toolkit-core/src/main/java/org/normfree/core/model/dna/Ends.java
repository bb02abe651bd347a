package org.normfree.core.model.dna;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.model.Checks;
import org.normfree.core.model.Tokens;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;

/** Where models of DNA begin and end: bases go in, guesses of bases or of a class come out. */
final class Ends {
  /** Rows of the embedding: 12 tokens, padded to a multiple of 8. */
  static final int VOCABULARY = 16;

  /** Deviation of embeddings and of most weights at the start. */
  static final double DEVIATION = 0.02;

  private Ends() {}

  static void classes(int classes) {
    Checks.require(
        classes == 0 || classes >= 2, "%d class, expected at least 2, or 0 for none", classes);
  }

  static void epsilon(double epsilon) {
    Checks.require(epsilon > 0, "epsilon=%s, expected a number above 0; 1e-5 is usual", epsilon);
  }

  /** A sequence must not be longer than the model. */
  static void longest(int length, int longest) {
    Checks.require(
        length <= longest,
        "sequences of %d tokens in a model of at most %d; shorten them, or build a longer one",
        length,
        longest);
  }

  /** A placeholder of token ids, [batch, length]. */
  static SDVariable ids(Scope root, int length) {
    return root.graph().placeHolder(Network.INPUT, DataType.INT32, -1, length);
  }

  /** The table of embeddings, which the language model's head shares; it does not decay. */
  static SDVariable table(Scope root, Method method, Stack stack, int vocabulary, int width) {
    WeightRole role = new WeightRole(WeightRole.Kind.EMBEDDING, stack, 0, false);
    return method.weight(
        root.child("embedding").undecayed(),
        role.from(Start.of(Initializer.normal(DEVIATION))),
        vocabulary,
        width);
  }

  /** Ends in guesses of tokens by the embedding's table, {@code x·Eᵀ}. */
  static void languageModel(Scope root, SDVariable x, SDVariable table) {
    SDVariable head = root.graph().permute(table, 1, 0);
    Tokens.loss(root, root.ops().linear(Network.LOGITS, x, head, null), 0);
  }

  /**
   * Ends in guesses of a class, by a linear map of the mean over all positions, padding among them.
   *
   * @param pooled [batch, width]
   */
  static void classifier(
      Scope root, Method method, Stack stack, SDVariable pooled, int width, int classes) {
    SameDiff sd = root.graph();
    WeightRole role = new WeightRole(WeightRole.Kind.HEAD, stack);
    Start start = Start.of(Initializer.normal(DEVIATION));
    SDVariable logits = method.linear(root.child("head"), role.from(start), pooled, width, classes);
    sd.updateVariableNameAndReference(logits, Network.LOGITS);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, classes);
    root.ops().softmaxCrossEntropy("losses", logits, labels).mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }
}
