/** A correction of the Jupyter kernel, ahead of it on the class path. */
package org.rapaio.jupyter.kernel.channels;
