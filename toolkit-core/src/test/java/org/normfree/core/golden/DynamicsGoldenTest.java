package org.normfree.core.golden;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * Training dynamics against vectors computed from their formulas, {@code shared/golden/dynamics}.
 */
class DynamicsGoldenTest {
  @TestFactory
  Stream<DynamicNode> agreesWithTheFormulas() throws IOException {
    GoldenFolder folder = new GoldenFolder("dynamics", 1e-12, 1e-4);
    StepsGolden.register(folder);
    WeightingGolden.register(folder);
    MaskGolden.register(folder);
    return folder.tests();
  }
}
