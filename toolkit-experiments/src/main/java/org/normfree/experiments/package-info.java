/**
 * Runnable studies: what an experiment is, how one is launched, and each of them as a class with a
 * {@code main}.
 */
package org.normfree.experiments;
