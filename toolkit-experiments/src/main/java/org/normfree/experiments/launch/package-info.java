/** Runs an experiment in its directory and makes its summary. */
package org.normfree.experiments.launch;
