package org.normfree.core.golden;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The vision families against vectors from their official code, {@code shared/golden/vision}. */
class VisionGoldenTest {
  @TestFactory
  Stream<DynamicNode> agreesWithTheOfficialCode() throws IOException {
    GoldenFolder folder = new GoldenFolder("vision", 1e-11, 1e-4);
    ConvNeXtGolden.register(folder);
    ResNetGolden.register(folder);
    MaeGolden.register(folder);
    DinoGolden.register(folder);
    DitGolden.register(folder);
    return folder.tests();
  }
}
