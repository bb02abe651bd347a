/**
 * One class a method that keeps a deep network trainable: what stands where an architecture has a
 * normalization layer, how residual branches are joined, how weights begin.
 */
package org.normfree.core.method;
