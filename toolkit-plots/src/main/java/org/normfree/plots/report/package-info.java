/** Tables as LaTeX, Markdown and CSV, and the self-contained HTML report. */
package org.normfree.plots.report;
