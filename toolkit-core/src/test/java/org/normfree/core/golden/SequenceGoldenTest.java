package org.normfree.core.golden;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * The sequence families against vectors from their official code, {@code shared/golden/sequence}.
 */
class SequenceGoldenTest {
  /** Cases that need what is not there yet; each is shown as skipped. */
  private static final String[] NOT_YET = {"mask", "wav2vec"};

  @TestFactory
  Stream<DynamicNode> agreesWithTheOfficialCode() throws IOException {
    GoldenFolder folder = new GoldenFolder("sequence", 1e-11, 1e-4).notYet(NOT_YET);
    ScanGolden.register(folder);
    HyenaGolden.register(folder);
    MambaGolden.register(folder);
    CaduceusGolden.register(folder);
    Wav2VecGolden.register(folder);
    return folder.tests();
  }
}
