/** Models of speech. */
package org.normfree.core.model.speech;
