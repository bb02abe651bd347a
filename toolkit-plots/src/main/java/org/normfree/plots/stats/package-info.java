/** Means of runs' curves with their confidence intervals. */
package org.normfree.plots.stats;
