/**
 * Data sets of DNA: genomes and labelled sequences, their tokens and batches, and models of plain
 * counts to compare with.
 */
package org.normfree.core.data.dna;
