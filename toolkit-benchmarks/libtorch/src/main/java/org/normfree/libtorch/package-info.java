/** The bench's workloads by libtorch through DJL, in the best form libtorch has for them. */
package org.normfree.libtorch;
