/** Confidence intervals, and the comparison of our ordering with a published one. */
package org.normfree.plots.stats;
