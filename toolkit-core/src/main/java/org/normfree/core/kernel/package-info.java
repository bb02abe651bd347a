/** How ops are computed fast; each kernel gives the numbers of the op's reference arithmetic. */
package org.normfree.core.kernel;
