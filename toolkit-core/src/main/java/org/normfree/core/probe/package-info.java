/** What a study looks at inside a network: statistics of layers, input and output maps. */
package org.normfree.core.probe;
