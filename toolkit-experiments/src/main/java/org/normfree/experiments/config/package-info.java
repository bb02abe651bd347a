/** Settings of an experiment: typed keys, and their values from defaults, a file and arguments. */
package org.normfree.experiments.config;
