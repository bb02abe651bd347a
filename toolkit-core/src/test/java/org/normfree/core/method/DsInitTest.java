package org.normfree.core.method;

import org.junit.jupiter.api.Test;

class DsInitTest {
  @Test
  void deeperLayersStartSmaller() {
    InitialNetwork initial = InitialNetwork.of(new DsInit(), 6);
    for (int block = 0; block < 6; block++) {
      for (String map : new String[] {"attention.query", "attention.out", "ffn.fc1", "ffn.fc2"}) {
        String name = "block" + block + "." + map;
        initial.assertUniform(name, initial.xavier(name) * Math.pow(block + 1, -0.25));
      }
    }
    initial.assertUniform(InitialNetwork.HEAD, initial.xavier(InitialNetwork.HEAD));
  }
}
