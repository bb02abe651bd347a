/** Reads experiment directories, as experiments left them, into memory. */
package org.normfree.plots.archive;
