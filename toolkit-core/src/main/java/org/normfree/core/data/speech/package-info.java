/** Recorded and synthetic speech: files, corpora, and batches of waves. */
package org.normfree.core.data.speech;
