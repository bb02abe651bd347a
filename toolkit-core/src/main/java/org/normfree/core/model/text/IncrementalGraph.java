package org.normfree.core.model.text;

import java.util.List;
import org.normfree.core.nn.Network;

/**
 * A decoder that takes one token a sequence and what it computed for those before: the graph of one
 * step of generating text. Its parameters have the names of the trained network's.
 *
 * @param network the graph; its output is {@link Network#LOGITS}, [sequences, 1, vocabulary]
 * @param tokens placeholder of the last tokens, INT [sequences, 1]
 * @param positions placeholder of their position, INT [1]
 * @param maxLength most tokens of a sequence
 * @param width channels of keys and values
 * @param caches keys and values of the tokens before, one a layer
 * @param memories keys and values of the encoder's output, one a layer; empty without an encoder
 */
public record IncrementalGraph(
    Network network,
    String tokens,
    String positions,
    int maxLength,
    int width,
    List<Cache> caches,
    List<Memory> memories) {
  /**
   * Placeholder of what the step may see: 1 for a token that was, [sequences, maxLength + 1]; the
   * last column is the step's own token.
   */
  public static final String SEEN = "seen";

  /**
   * Keys and values of one layer.
   *
   * @param key placeholder, [sequences, maxLength, width]
   * @param value placeholder, [sequences, maxLength, width]
   * @param newKey what the step adds, [sequences, 1, width]
   * @param newValue what the step adds, [sequences, 1, width]
   */
  public record Cache(String key, String value, String newKey, String newValue) {}

  /**
   * Keys and values of one layer's cross attention; the encoding graph's outputs have the same
   * names as the placeholders here.
   *
   * @param key [sequences, source length, width]
   * @param value [sequences, source length, width]
   */
  public record Memory(String key, String value) {}

  /** Copies the lists. */
  public IncrementalGraph {
    caches = List.copyOf(caches);
    memories = List.copyOf(memories);
  }
}
