package org.normfree.core.exec;

import java.util.List;
import java.util.Map;

/**
 * A graph for fixed shapes: what is computed, in order.
 *
 * @param nodes in an order in which they can run
 * @param placeholders what is given at each call, by name
 * @param outputs what is wanted, by name
 * @param tensorBytes what one buffer for each variable of the graph would take
 */
record Program(
    List<Node> nodes,
    Map<String, Value> placeholders,
    Map<String, Operand> outputs,
    long tensorBytes) {}
