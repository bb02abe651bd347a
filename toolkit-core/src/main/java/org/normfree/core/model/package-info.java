/** Architectures, built from {@code nn} and one {@link org.normfree.core.method.Method}. */
package org.normfree.core.model;
