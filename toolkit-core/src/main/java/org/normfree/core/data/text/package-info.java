/**
 * Text: tokenizers, parallel corpora and running text, their batches, and what translations and
 * predictions are scored with; plain Java arrays, no ND4J.
 */
package org.normfree.core.data.text;
