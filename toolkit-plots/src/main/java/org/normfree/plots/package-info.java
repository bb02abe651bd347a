/**
 * Figures, tables and a report from recorded run directories: {@link org.normfree.plots.Figures} is
 * the way in. Of the core it knows only {@code org.normfree.core.record}.
 */
package org.normfree.plots;
