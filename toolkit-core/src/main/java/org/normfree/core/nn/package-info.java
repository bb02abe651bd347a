/** Building blocks of a model on a SameDiff graph. */
package org.normfree.core.nn;
