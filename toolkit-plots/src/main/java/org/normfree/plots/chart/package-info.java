/** Panels in print style on XChart, grids of them, and their encoding as PDF, SVG and PNG. */
package org.normfree.plots.chart;
