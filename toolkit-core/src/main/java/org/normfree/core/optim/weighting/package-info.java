/**
 * Several losses at once: how much each of their gradients counts, as a function of the losses and
 * of the gradients' inner products alone.
 */
package org.normfree.core.optim.weighting;
