package org.normfree.experiments.api;

/**
 * When a run counts as trained: it reached its end and got clearly past what chance gives.
 *
 * @param metric one of its values, of which more is better
 * @param least the smallest such value
 */
public record Threshold(String metric, double least) {}
