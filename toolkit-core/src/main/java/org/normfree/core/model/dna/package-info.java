/** Models of DNA: Hyena, Mamba and Caduceus. */
package org.normfree.core.model.dna;
