package org.normfree.core.model.dna;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/**
 * Mamba: embedding, layers {@code x + mixer(norm(x))} of a {@link MambaMixer} each, last norm, and
 * the embedding's table as output projection; or a classifier of the mean over positions. Source:
 * arXiv 2312.00752 and the repository state-spaces/mamba.
 */
public final class Mamba {
  private Mamba() {}

  /**
   * Builds the training graph.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   * @return the network; placeholders {@link Network#INPUT} [batch, length], and {@link
   *     Network#TARGETS} of a language model or {@link Network#LABELS} of a classifier
   */
  public static Network build(MambaConfig config, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> build(root, config, method));
  }

  private static void build(Scope root, MambaConfig config, Method method) {
    MambaStack stack =
        new MambaStack(config.mixer(), method, config.stack(), config.depth(), config.epsilon());
    int width = config.mixer().width();
    SDVariable table = Ends.table(root, method, stack.stack(), config.vocabulary(), width);
    SDVariable ids = Ends.ids(root, config.length());
    SDVariable x =
        stack.stream(
            root,
            root.ops().embedding("embedded", table, ids),
            stream -> stream,
            (mixer, scope) -> in -> mixer.forward(scope, in));
    if (config.classes() == 0) {
      Ends.languageModel(root, x, table);
    } else {
      Ends.classifier(root, method, stack.stack(), x.mean(1), width, config.classes());
    }
  }
}
