/** What is said about a set of runs: means, intervals, correlations, tables, published numbers. */
package org.normfree.experiments.statistics;
