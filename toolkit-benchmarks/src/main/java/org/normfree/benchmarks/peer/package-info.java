/**
 * What a measured process and the bench that drives it say to each other. Plain Java without any
 * library, since the processes of other libraries use it too.
 */
package org.normfree.benchmarks.peer;
