/**
 * How fast the toolkit is beside others: {@code toolkit bench}, and ops measured by JMH. Nothing
 * else depends on this module.
 */
package org.normfree.benchmarks;
