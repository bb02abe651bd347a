/**
 * The families of networks whose training steps are timed: one class a family, which says what
 * shapes there are, how the toolkit builds them and what they are fed with.
 */
package org.normfree.benchmarks.family;
