/** The report of recorded experiments: one page of HTML, and the files of tables beside it. */
package org.normfree.plots.report;
