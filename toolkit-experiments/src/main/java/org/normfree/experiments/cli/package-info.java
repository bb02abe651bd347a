/** The command line: {@code toolkit list}, {@code run}, {@code figures}, {@code paper}. */
package org.normfree.experiments.cli;
