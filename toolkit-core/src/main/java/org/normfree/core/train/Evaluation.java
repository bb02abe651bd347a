package org.normfree.core.train;

/**
 * What a network reaches on a data split.
 *
 * @param split the split's name, for example {@code validation}
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param loss mean loss over the split's examples
 * @param accuracy fraction of them whose target has the largest logit, in [0, 1]
 * @param examples how many examples there are
 */
public record Evaluation(
    String split, long step, int epoch, double loss, double accuracy, long examples) {}
