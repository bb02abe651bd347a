/**
 * A run's directory: who may write to it, what ran there, what it measured and how it ended; see
 * {@code docs/experiments/README.md} for the layout and the rules of resuming.
 */
package org.normfree.experiments.run;
