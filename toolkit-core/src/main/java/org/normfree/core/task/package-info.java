/** Work on fixed arrays in CPU memory that a team of threads shares. */
package org.normfree.core.task;
