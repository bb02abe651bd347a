/**
 * The project's SameDiff custom ops: one class an op with its name, shapes, types and reference
 * arithmetic in plain ND4J, one class for its gradient. {@link org.normfree.core.op.Ops} builds
 * them into a graph.
 */
package org.normfree.core.op;
