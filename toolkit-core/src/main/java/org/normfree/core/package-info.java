/** Root of the toolkit's core: what every package of it shares. */
package org.normfree.core;
