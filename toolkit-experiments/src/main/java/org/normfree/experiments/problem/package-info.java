/** What a run learns, one class a problem. */
package org.normfree.experiments.problem;
