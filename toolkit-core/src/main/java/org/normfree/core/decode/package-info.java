/** Generating text with a trained network: greedy and beam search, with cached keys and values. */
package org.normfree.core.decode;
