/** Panels in print style, grids of them, and their encoding as PDF, SVG and PNG. */
package org.normfree.plots.chart;
