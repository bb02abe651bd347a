package org.normfree.plots.chart;

import java.awt.BasicStroke;
import java.awt.Color;

/**
 * How a curve or a set of points is drawn.
 *
 * @param color its colour
 * @param stroke its line, with a dash where it has one
 * @param mark its marker
 */
public record Pen(Color color, BasicStroke stroke, Mark mark) {}
