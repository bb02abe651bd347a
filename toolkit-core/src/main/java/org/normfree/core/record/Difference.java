package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * A row's difference to the baseline, paired by seed.
 *
 * @param estimate in the metric's unit, taken at the baseline's level
 * @param interval its 95 % interval (t on the metric's scale); null below three pairs
 * @param n how many pairs of seeds
 * @param p two-sided p of the paired t test; null below three pairs
 * @param pHolm the same after Holm's correction over the study's comparisons of the metric
 * @param pPermutation two-sided p of the exact sign-flip permutation test
 * @param items 95 % interval of the difference over test items (paired bootstrap), which is the
 *     noise of the test set; null where items were not recorded
 */
@JsonPropertyOrder({"estimate", "interval", "n", "p", "pHolm", "pPermutation", "items"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Difference(
    Double estimate,
    List<Double> interval,
    int n,
    Double p,
    Double pHolm,
    Double pPermutation,
    List<Double> items) {}
