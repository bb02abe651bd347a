package org.normfree.core.data.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A token a byte of UTF-8; 261 ids, nothing to learn and nothing unknown. */
public final class ByteTokenizer implements Tokenizer {
  static final String NAME = "byte";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int size() {
    return SPECIALS + 256;
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = SPECIALS + (bytes[i] & 0xff);
    }
    return ids;
  }

  @Override
  public String decode(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(ids.length);
    for (int id : ids) {
      Tokenizers.requireId(id, size());
      if (id >= SPECIALS) {
        bytes.write(id - SPECIALS);
      } else if (id == UNK) {
        bytes.writeBytes(Tokenizers.UNKNOWN_BYTES);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] toJson() {
    return Tokenizers.json(Map.of(Tokenizers.KIND, NAME));
  }
}
