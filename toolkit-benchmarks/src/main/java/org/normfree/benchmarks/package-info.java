/** How fast the toolkit's ops are, measured by JMH. Nothing else depends on this module. */
package org.normfree.benchmarks;
