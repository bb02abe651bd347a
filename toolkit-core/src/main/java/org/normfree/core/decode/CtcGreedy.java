package org.normfree.core.decode;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a connectionist temporal classification says: the likeliest class of each frame,
 * repetitions taken once, blanks left out. Source: A. Graves et al., ICML 2006, section 3.2.
 */
public final class CtcGreedy {
  private CtcGreedy() {}

  /**
   * @param logits of the frames, row-major [frames, classes]
   * @param from the first logit that is read
   * @param frames how many frames
   * @param classes how many classes
   * @param blank class of the blank
   * @return the classes that are said
   */
  public static List<Integer> read(float[] logits, int from, int frames, int classes, int blank) {
    List<Integer> said = new ArrayList<>();
    int before = blank;
    for (int frame = 0; frame < frames; frame++) {
      int first = from + frame * classes;
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = logits[first + c] > logits[first + best] ? c : best;
      }
      if (best != before && best != blank) {
        said.add(best);
      }
      before = best;
    }
    return said;
  }
}
