package org.normfree.core.model.dna;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.method.Method;
import org.normfree.core.model.Tokens;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;

/**
 * Caduceus: a masked language model, or a classifier, of DNA out of Mamba mixers that run both
 * ways. Source: arXiv 2403.03234 and the repository kuleshov-group/caduceus.
 *
 * <p>With {@link CaduceusConfig.Strands#SHARED} a sequence and its reverse complement go through
 * the same parameters, as one batch of twice the size: the official code has their channels side by
 * side, the second half flipped. What is guessed of position t is {@code a_t·Eᵀ + b_{L−1−t}·E'ᵀ}, a
 * and b what the two gave and E' the embedding's rows in the order of their partners, so that the
 * guesses of a reverse complement are those of the sequence, reversed and with partners exchanged.
 * A classifier takes the mean of a and b over positions.
 *
 * <p>With {@link CaduceusConfig.Strands#POST_HOC} there is one strand, {@code x·Eᵀ}; a classifier
 * is evaluated on both strands and takes the mean of its logits.
 */
public final class Caduceus {
  private final CaduceusConfig config;
  private final Method method;
  private final MambaStack stack;

  /**
   * @param config the shape
   * @param method what keeps it trainable
   */
  public Caduceus(CaduceusConfig config, Method method) {
    this.config = config;
    this.method = method;
    stack =
        new MambaStack(config.mixer(), method, config.stack(), config.depth(), config.epsilon());
  }

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
  public static Network build(CaduceusConfig config, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> new Caduceus(config, method).build(root));
  }

  private void build(Scope root) {
    int width = config.mixer().width();
    int vocabulary = config.complement().size();
    SDVariable table = Ends.table(root, method, stack.stack(), vocabulary, width);
    SDVariable ids = Ends.ids(root, config.length());
    boolean shared = config.strands() == CaduceusConfig.Strands.SHARED;
    // of one strand a classifier is evaluated on both
    boolean both = shared || (config.classes() > 0 && root.mode() == Mode.EVALUATION);
    SDVariable embedded = root.ops().embedding("embedded", table, ids);
    SDVariable partners = both || shared ? partners(root, table) : table;
    SDVariable x = stream(root, both ? strands(root, embedded, partners, ids) : embedded);
    if (config.classes() == 0) {
      if (shared) {
        Tokens.loss(root, guesses(root, x, table, partners), 0);
      } else {
        Ends.languageModel(root, x, table);
      }
      return;
    }
    SDVariable pooled = x.mean(1);
    if (both) {
      // the mean of a linear map is the map of the mean
      pooled = pooled.reshape(2, -1, width).mean(0);
    }
    Ends.classifier(root, method, stack.stack(), pooled, width, config.classes());
  }

  /** The embedding's rows in the order of their partners. */
  private SDVariable partners(Scope root, SDVariable table) {
    int[] order = config.complement().stream().mapToInt(Integer::intValue).toArray();
    SDVariable ids = root.graph().constant("complement", Nd4j.createFromArray(order));
    return root.ops().embedding("partners", table, ids);
  }

  /** Both strands as one batch: the sequences, and behind them their reverse complements. */
  private static SDVariable strands(
      Scope root, SDVariable embedded, SDVariable partners, SDVariable ids) {
    SameDiff sd = root.graph();
    SDVariable other = root.ops().embedding("embedded_partners", partners, ids);
    return sd.concat("strands", 0, embedded, sd.reverse(other, 1));
  }

  /**
   * From embedded tokens to what stands behind the last norm.
   *
   * @param root the network's root
   * @param embedded [batch, length, width], or twice the batch
   * @return the shape of the embedded tokens
   */
  private SDVariable stream(Scope root, SDVariable embedded) {
    return stack.stream(
        root,
        embedded,
        x -> config.fusedFault() ? swapped(root, x) : x,
        (mixer, scope) -> in -> mixer.bothWays(scope, in, config.tied()));
  }

  /** Each strand in the other's place: what was flipped is not, and the other way round. */
  private static SDVariable swapped(Scope root, SDVariable x) {
    SameDiff sd = root.graph();
    SDVariable[] halves = sd.split(x, 2, 0);
    return sd.concat(0, sd.reverse(halves[1], 1, 2), sd.reverse(halves[0], 1, 2));
  }

  private static SDVariable guesses(
      Scope root, SDVariable x, SDVariable table, SDVariable partners) {
    SameDiff sd = root.graph();
    SDVariable[] halves = sd.split(x, 2, 0);
    SDVariable own = root.ops().linear(null, halves[0], sd.permute(table, 1, 0), null);
    SDVariable other = root.ops().linear(null, halves[1], sd.permute(partners, 1, 0), null);
    return own.add(Network.LOGITS, sd.reverse(other, 1));
  }
}
