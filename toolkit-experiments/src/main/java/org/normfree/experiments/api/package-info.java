/**
 * What an experiment is: its settings, its design (metrics, baseline, figures, claims), its runs.
 */
package org.normfree.experiments.api;
