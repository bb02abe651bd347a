/** Data sets, loaders, augmentation and batches; plain Java arrays, no ND4J. */
package org.normfree.core.data;
