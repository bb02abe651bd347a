package org.normfree.plots.chart;

/**
 * A mark on an axis.
 *
 * @param value where it stands
 * @param label what it says; empty for a small mark without a label
 */
public record Tick(double value, String label) {}
