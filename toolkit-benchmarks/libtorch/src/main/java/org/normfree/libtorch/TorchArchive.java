package org.normfree.libtorch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript module as {@code torch.jit.save} writes it, made without Python: a zip with the
 * module's source and a pickle of its attributes. DJL's binding exposes few of libtorch's
 * functions; a module's source may call them all.
 */
final class TorchArchive {
  private TorchArchive() {}

  /**
   * @param name the module's class, named so in the source
   * @param source the class in TorchScript
   * @param lists its attributes of type {@code List[Tensor]}; a method must assign them before they
   *     are used
   * @return what {@code torch::jit::load} reads
   */
  static InputStream of(String name, String source, List<String> lists) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "module/data.pkl", pickle(name, lists));
      put(zip, "module/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      put(zip, "module/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      put(zip, "module/version", "10\n".getBytes(StandardCharsets.UTF_8));
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static void put(ZipOutputStream zip, String name, byte[] data) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(data);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }

  /** Pickle, protocol 2: an object of the class with its attributes as state. */
  private static byte[] pickle(String name, List<String> lists) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 2});
    out.writeBytes(("c__torch__\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    out.writeBytes(new byte[] {')', (byte) 0x81, '}', '('}); // (), new object, {}, mark
    attribute(out, "training", (byte) 0x88); // True
    lists.forEach(list -> attribute(out, list, (byte) ']'));
    out.writeBytes(new byte[] {'u', 'b', '.'}); // into the dict, build, stop
    return out.toByteArray();
  }

  private static void attribute(ByteArrayOutputStream out, String name, byte value) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(new byte[] {'X', (byte) bytes.length, 0, 0, 0});
    out.writeBytes(bytes);
    out.write(value);
  }
}
