package org.normfree.core.method;

import org.junit.jupiter.api.Test;

class PostLnInitTest {
  @Test
  void lowerLayersStartSmaller() {
    InitialNetwork initial = InitialNetwork.of(new PostLnInit(), 6);
    for (int block = 0; block < 6; block++) {
      for (String map : new String[] {"attention.key", "attention.value", "ffn.fc1", "ffn.fc2"}) {
        String name = "block" + block + "." + map;
        initial.assertNormal(name, initial.xavier(name) / (6 - block));
      }
    }
    initial.assertUniform(InitialNetwork.PATCH, initial.xavier(InitialNetwork.PATCH));
  }
}
