/** Many runs of one experiment: carried out side by side, skipped, retried and reported on. */
package org.normfree.experiments.sweep;
