/**
 * Tables and claims of recorded experiments, pivoted from their summaries, and the formats they are
 * written in.
 */
package org.normfree.plots.table;
