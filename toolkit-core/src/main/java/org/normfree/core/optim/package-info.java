/**
 * Turns gradients into parameter changes: optimizers, learning-rate schedules, clipping, weight
 * averages. Parameters are changed in place; the arithmetic runs in plain loops over their memory.
 */
package org.normfree.core.optim;
