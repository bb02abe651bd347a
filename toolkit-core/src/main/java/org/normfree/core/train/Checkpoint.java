package org.normfree.core.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All that a run needs to go on as if it had never stopped.
 *
 * @param progress how far it has come
 * @param model parameters and states by name; those of a source as {@code <source>/<name>}
 * @param optimizer the optimizer's state
 * @param followers what followers keep to themselves, as {@code <follower>/<name>}
 */
public record Checkpoint(
    Progress progress,
    Map<String, INDArray> model,
    Map<String, INDArray> optimizer,
    Map<String, INDArray> followers) {}
