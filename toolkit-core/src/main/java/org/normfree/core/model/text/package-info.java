/** Models of text, and the graphs by which they generate it. */
package org.normfree.core.model.text;
