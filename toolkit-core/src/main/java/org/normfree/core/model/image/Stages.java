package org.normfree.core.model.image;

import java.util.List;
import org.normfree.core.model.Checks;

/** Stages of a network of convolutions: channels and blocks of each. */
final class Stages {
  private Stages() {}

  /**
   * @throws org.normfree.core.InputException unless there are as many depths as dims, at least one,
   *     and all of them at least 1
   */
  static void check(List<Integer> dims, List<Integer> depths) {
    Checks.require(
        !dims.isEmpty() && dims.size() == depths.size(),
        "dims=%s and depths=%s, expected one of each a stage; give both",
        text(dims),
        text(depths));
    Checks.require(
        dims.stream().allMatch(dim -> dim >= 1),
        "dims=%s, expected at least 1 channel",
        text(dims));
    Checks.require(
        depths.stream().allMatch(depth -> depth >= 1),
        "depths=%s, expected at least 1 block a stage",
        text(depths));
  }

  static int blocks(List<Integer> depths) {
    return depths.stream().mapToInt(Integer::intValue).sum();
  }

  /** As a user writes it. */
  static String text(List<Integer> numbers) {
    return String.join(",", numbers.stream().map(String::valueOf).toList());
  }
}
