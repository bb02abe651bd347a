/** Runs a SameDiff graph: outputs, and the gradients of its trainable variables. */
package org.normfree.core.exec;
