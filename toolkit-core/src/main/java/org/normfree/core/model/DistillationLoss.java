package org.normfree.core.model;

import java.util.Collections;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.InputException;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * What a student learns of a teacher that has seen other crops of the same images. Of V crops the
 * teacher sees the first two, its answer to crop i being {@code q_i = softmax((t_i − C)/τ_t)}; the
 * student sees all, {@code p_v = softmax(s_v/τ_s)}, and pays
 *
 * <pre>
 * L = 1/(2V − 2) · Σ_{i&lt;2} Σ_{v≠i} mean over images of (−Σ_k q_ik·log p_vk)
 * </pre>
 *
 * After the step {@code C ← m·C + (1 − m)·mean of t over crops and images}. Rows are crop after
 * crop: all images of crop 0, then those of crop 1. Source: arXiv 2104.14294 and its repository
 * facebookresearch/dino, {@code DINOLoss}.
 *
 * @param outputs K, at least 2
 * @param locals V − 2, crops that the student alone sees
 * @param studentTemperature τ_s, above 0; 0.1 in the paper
 * @param centreMomentum m, from 0 to 1; 0.9 in the paper; with 1 the centre stays 0
 */
public record DistillationLoss(
    int outputs, int locals, double studentTemperature, double centreMomentum) {
  /** Crops that the teacher sees. */
  public static final int GLOBALS = 2;

  /**
   * @throws InputException if a number is out of range
   */
  public DistillationLoss {
    Checks.require(outputs >= 2, "outputs=%d, expected at least 2 to choose between", outputs);
    Checks.require(locals >= 0, "crops.local=%d, expected 0 or more", locals);
    Checks.require(
        studentTemperature > 0 && Double.isFinite(studentTemperature),
        "student.temperature=%s, expected a number above 0 (0.1 is usual)",
        studentTemperature);
    Checks.require(
        centreMomentum >= 0 && centreMomentum <= 1,
        "centre.momentum=%s, expected a number from 0 to 1 (0.9 is usual, 1 is without centring)",
        centreMomentum);
  }

  /**
   * The teacher's answers, centred and sharpened.
   *
   * @param scope where the centre is a state, {@code centre}, 0 at the start
   * @param name name of the result
   * @param scores t, [2·images, K]
   * @param temperature τ_t, [1]
   * @return q, [2·images, K]
   */
  public SDVariable answers(Scope scope, String name, SDVariable scores, SDVariable temperature) {
    SameDiff sd = scope.graph();
    SDVariable centre = scope.state("centre", Initializer.constant(0), outputs);
    SDVariable mean = scores.mean(0);
    scope.advance(centre, centre.mul(centreMomentum).add(mean.mul(1 - centreMomentum)));
    SDVariable sharpened = scores.sub(centre).mul(sd.math.reciprocal(temperature));
    return sd.nn.softmax(name, sharpened, 1);
  }

  /**
   * The student's loss.
   *
   * @param globals s of the two crops that the teacher sees too, [2·images, K]
   * @param others s of the other crops, [(V−2)·images, K]; empty where there are none
   * @param answers q, [2·images, K]
   * @return L, a scalar
   */
  public SDVariable loss(
      Scope scope, SDVariable globals, Optional<SDVariable> others, SDVariable answers) {
    SameDiff sd = scope.graph();
    SDVariable pairs = answers.reshape(GLOBALS, -1, outputs);
    SDVariable swapped = sd.reverse(pairs, 0).reshape(-1, outputs);
    SDVariable own = crossEntropy(scope, "global_losses", globals, swapped).mean();
    if (others.isEmpty()) {
      return own;
    }
    // the mean of both answers costs what the answers cost in the mean
    SDVariable both = pairs.mean(0);
    SDVariable[] copies = Collections.nCopies(locals, both).toArray(SDVariable[]::new);
    SDVariable repeated = locals == 1 ? both : sd.concat(0, copies);
    SDVariable more = crossEntropy(scope, "local_losses", others.get(), repeated).mean();
    return own.add(more.mul(locals)).mul(1.0 / (1 + locals));
  }

  /**
   * What the student pays for each row.
   *
   * @param scores s, [rows, K]
   * @param answers q, [rows, K]
   * @return [rows]
   */
  public SDVariable crossEntropy(Scope scope, String name, SDVariable scores, SDVariable answers) {
    SDVariable sharpened = scores.mul(1 / studentTemperature);
    return scope.ops().softmaxCrossEntropy(scope.name(name), sharpened, answers);
  }
}
