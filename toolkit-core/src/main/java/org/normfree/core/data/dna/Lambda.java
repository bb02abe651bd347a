package org.normfree.core.data.dna;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The genome of bacteriophage lambda, 48,502 bases, as the toolkit brings it: accession NC_001416.1
 * of NCBI, 2 bits a base.
 */
public final class Lambda {
  private static final int LENGTH = 48_502;

  private Lambda() {}

  /** The genome. */
  public static Genome load() {
    try (InputStream in = Lambda.class.getResourceAsStream("NC_001416.1.2bit")) {
      byte[] packed = in.readAllBytes();
      byte[] sequence = new byte[LENGTH];
      for (int i = 0; i < LENGTH; i++) {
        sequence[i] = (byte) (Nucleotides.A + ((packed[i / 4] >> (2 * (i % 4))) & 3));
      }
      return new Genome(List.of(sequence));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
