/**
 * The training loop over SameDiff's gradient function, its listeners, and checkpoints from which a
 * run goes on bit for bit.
 */
package org.normfree.core.train;
