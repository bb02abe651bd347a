/** The experiments themselves, one class each with a {@code main}. */
package org.normfree.experiments.study;
