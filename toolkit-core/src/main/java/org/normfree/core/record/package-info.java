/**
 * The files of a run directory as types: what experiments write and what plots read. Nothing here
 * computes; see {@code docs/architecture.md} for the layout of a run directory.
 */
package org.normfree.core.record;
