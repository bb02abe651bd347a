/** One class a figure: what it shows of an experiment and how it is captioned. */
package org.normfree.plots.figure;
