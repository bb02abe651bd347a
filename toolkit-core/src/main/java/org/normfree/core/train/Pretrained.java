package org.normfree.core.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.nn.Network;

/**
 * What a network takes over from another one that has been trained: every array of the same name. A
 * network of another method has other arrays where the norms are and keeps its own start there, so
 * one that was trained with LayerNorm becomes a DyT network as the converter of the DyT repository
 * (jiachenzhu/DyT, {@code dynamic_tanh.py}) makes it: α = α₀, γ = 1, β = 0 in the place of every
 * LayerNorm, whatever that had learned, and all else as it was.
 *
 * @param taken names of the arrays that were copied
 * @param fresh names of the arrays that the other network has not, which stay as they were
 * @param left names of the other network's arrays that this one has not
 */
public record Pretrained(List<String> taken, List<String> fresh, List<String> left) {
  /** Copies the lists. */
  public Pretrained {
    taken = List.copyOf(taken);
    fresh = List.copyOf(fresh);
    left = List.copyOf(left);
  }

  /**
   * Copies parameters and states.
   *
   * @param network what takes them over
   * @param learned another network's arrays by name, as {@link Trainer#arrays} and {@link
   *     Checkpoint#model} give them
   * @return what was copied
   * @throws InputException if an array of the same name has another shape, or there is none of the
   *     same name
   */
  public static Pretrained into(Network network, Map<String, INDArray> learned) {
    Map<String, INDArray> left = new LinkedHashMap<>(learned);
    Map<String, INDArray> taken = new LinkedHashMap<>();
    List<String> fresh = new ArrayList<>();
    Map<String, INDArray> own = Trainer.arrays(network);
    own.forEach(
        (name, array) -> {
          INDArray other = left.remove(name);
          if (other == null) {
            fresh.add(name);
          } else {
            requireSameShape(name, array, other);
            taken.put(name, other);
          }
        });
    if (taken.isEmpty()) {
      throw new InputException(
          "the trained network has none of this one's %s arrays; expected one with the same encoder, for example %s"
              .formatted(own.size(), fresh));
    }
    taken.forEach((name, array) -> own.get(name).assign(array));
    return new Pretrained(List.copyOf(taken.keySet()), fresh, List.copyOf(left.keySet()));
  }

  private static void requireSameShape(String name, INDArray own, INDArray other) {
    if (!own.equalShapes(other)) {
      throw new InputException(
          "%s has shape %s in the trained network and %s in this one; build both with the same sizes"
              .formatted(name, shape(other), shape(own)));
    }
  }

  private static String shape(INDArray array) {
    return Arrays.toString(array.shape());
  }
}
