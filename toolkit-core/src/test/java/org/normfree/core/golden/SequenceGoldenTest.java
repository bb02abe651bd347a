package org.normfree.core.golden;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * The sequence families against vectors from their official code, {@code shared/golden/sequence}.
 */
class SequenceGoldenTest {
  @TestFactory
  Stream<DynamicNode> agreesWithTheOfficialCode() throws IOException {
    GoldenFolder folder = new GoldenFolder("sequence", 1e-11, 1e-4);
    ScanGolden.register(folder);
    HyenaGolden.register(folder);
    MambaGolden.register(folder);
    CaduceusGolden.register(folder);
    Wav2VecGolden.register(folder);
    Wav2Vec2Golden.register(folder);
    return folder.tests();
  }
}
