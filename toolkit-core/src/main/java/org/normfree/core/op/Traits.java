package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;

/**
 * What an op tells a compiler about itself, so that nothing about it needs to be known elsewhere.
 * Each default is the safe answer: an op that says nothing runs in every plan, on memory of its
 * own, at every call. A {@link NormfreeOp} describes itself; {@link Nd4jTraits} speaks for ND4J's
 * ops.
 */
public interface Traits {
  /** Nothing is known of the op. */
  Traits NONE = new Traits() {};

  /** How an op treats an input that its output may lie over. */
  enum Access {
    /**
     * Element by element: an element of the output is written when no element of the input at the
     * same place or before is wanted any more, whatever the threads. The shapes have the same
     * number of elements.
     */
    ELEMENT,
    /** The same row by row, rows being along the last axis; the shapes are equal. */
    ROW,
    /**
     * The input is added where the output is written, at any time between: the output may lie over
     * it if no other input does.
     */
    ADDEND
  }

  /**
   * An output that may lie over an input, provided that no other input or output of the op lies
   * there, save inputs that the same output may also lie over, by element or by row.
   *
   * @param output number of the output
   * @param input number of the input
   * @param access how
   */
  record Overwrite(int output, int input, Access access) {}

  /**
   * What may be overwritten.
   *
   * @param inputs how many inputs there are
   * @return first choice first; none by default
   */
  default List<Overwrite> overwrites(int inputs) {
    return List.of();
  }

  /**
   * Whether the outputs depend on the inputs and attributes alone, and nothing else happens: then
   * what is computed from constants may be computed once. No by default.
   */
  default boolean isPure() {
    return false;
  }

  /** Whether the outputs depend on the inputs' shapes only. No by default. */
  default boolean dependsOnShapesOnly() {
    return false;
  }

  /** Whether the op draws random numbers, other ones at each call. No by default. */
  default boolean isRandom() {
    return false;
  }

  /** Whether a plan can hold the op at all; control flow it cannot. Yes by default. */
  default boolean isCompilable() {
    return true;
  }

  /**
   * Puts other steps in the op's place: views, or simpler ops of which those that nobody wants are
   * left out.
   *
   * @param steps what is known, and where to say what to compute
   * @return whether it did; if not, nothing was said, and the op itself is computed
   */
  default boolean lower(Steps steps) {
    return false;
  }

  /** Whether the op is the sum of its two inputs. No by default. */
  default boolean isSum() {
    return false;
  }

  /**
   * The op that gives the same plus one more input, its last, of the output's shape.
   *
   * @return empty if there is none, as by default
   */
  default Optional<NormfreeOp> withAddend() {
    return Optional.empty();
  }

  /**
   * Inputs that are rounded in a plan of lower precision.
   *
   * @param by the op that rounds
   * @param inputs numbers of the inputs
   */
  record Rounding(NormfreeOp by, int... inputs) {}

  /**
   * What is rounded to bfloat16 in a plan of that precision.
   *
   * @return empty for nothing, as by default
   */
  default Optional<Rounding> toBfloat16() {
    return Optional.empty();
  }

  /**
   * Shapes of what the op can give its gradient besides its outputs, as further outputs.
   *
   * @param shapes a shape an input
   * @return none by default
   */
  default List<long[]> savedShapes(List<long[]> shapes) {
    return List.of();
  }

  /**
   * A gradient from what its forward op has saved.
   *
   * @param forward an op equal to the forward op
   * @param forwardInputs how many of the gradient's inputs, from the first, are the forward op's
   * @param op what gives the gradient
   * @param inputs numbers of its inputs among the gradient's own, followed by what was saved;
   *     {@link #OUTPUT} is the forward op's first output
   */
  record FromSaved(NormfreeOp forward, int forwardInputs, DifferentialFunction op, int... inputs) {
    /** Stands for the forward op's first output. */
    public static final int OUTPUT = -1;
  }

  /**
   * How the op, a gradient, is computed from what its forward op saved.
   *
   * @return empty if it needs nothing, as by default
   */
  default Optional<FromSaved> fromSaved() {
    return Optional.empty();
  }

  /**
   * The op that gives the same, but in the place of its first output what another op makes of that.
   *
   * @param next an op with one input
   * @return empty if there is none, as by default
   */
  default Optional<NormfreeOp> followedBy(DifferentialFunction next) {
    return Optional.empty();
  }

  /**
   * An op that does without an input which is known from others.
   *
   * @param input number of the input that is left out
   * @param forward an op equal to the one whose first output that input is
   * @param forwardInputs how many of the op's inputs, from the first, are that op's
   * @param op what gives the same from the inputs that remain
   */
  record Without(int input, NormfreeOp forward, int forwardInputs, NormfreeOp op) {}

  /**
   * How the op does without an input which it can tell from the others if a certain op made it of
   * them.
   *
   * @return empty if it cannot, as by default
   */
  default Optional<Without> without() {
    return Optional.empty();
  }

  /**
   * An op that takes over what another does before it. Its last output is that op's, if somebody
   * else wants it, too.
   *
   * @param op the op
   * @param inputs numbers of its inputs among the own ones, followed by the other op's
   */
  record Preceded(NormfreeOp op, int... inputs) {}

  /**
   * The op that gives the same and computes one of its inputs itself.
   *
   * @param input number of the input
   * @param before an op with one output, which that input is
   * @return empty if there is none, as by default
   */
  default Optional<Preceded> precededBy(int input, DifferentialFunction before) {
    return Optional.empty();
  }
}
