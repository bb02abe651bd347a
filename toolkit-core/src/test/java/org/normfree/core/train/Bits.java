package org.normfree.core.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Exact comparison; {@link INDArray#equals} takes numbers that differ by 1e-5 for equal. */
public final class Bits {
  private Bits() {}

  public static ByteBuffer of(Map<String, INDArray> arrays) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      Safetensors.write(out, arrays);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  public static ByteBuffer of(INDArray array) {
    return of(Map.of("", array));
  }

  static List<Object> of(Checkpoint checkpoint) {
    return List.of(
        checkpoint.progress(),
        of(checkpoint.model()),
        of(checkpoint.optimizer()),
        of(checkpoint.followers()));
  }
}
