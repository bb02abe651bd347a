/** Models of images. */
package org.normfree.core.model.image;
