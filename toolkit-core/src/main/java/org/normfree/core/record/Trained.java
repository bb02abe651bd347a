package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * How many runs of a row trained, where some ended at chance or diverged.
 *
 * @param trained how many got clearly better than chance
 * @param of how many runs there are
 * @param share 95 % interval of the share that trains, in percent (Wilson); null below three runs
 * @param mean the metric's mean over those that did; null if none did
 */
@JsonPropertyOrder({"trained", "of", "share", "mean"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Trained(int trained, int of, List<Double> share, Double mean) {}
