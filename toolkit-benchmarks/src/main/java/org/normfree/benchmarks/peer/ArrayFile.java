package org.normfree.benchmarks.peer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named row-major float arrays in a file, so that all peers start from the same numbers: a count,
 * then for each array its name, rank, sizes and elements, as {@link DataOutputStream} writes them.
 */
public final class ArrayFile {
  private ArrayFile() {}

  /**
   * An array.
   *
   * @param shape sizes of its axes
   * @param elements row-major
   */
  public record Array(long[] shape, float[] elements) {}

  /**
   * @param file the file to write
   * @param arrays the arrays by name
   * @throws IOException if writing fails
   */
  public static void write(Path file, Map<String, Array> arrays) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(arrays.size());
      for (Map.Entry<String, Array> entry : arrays.entrySet()) {
        Array array = entry.getValue();
        out.writeUTF(entry.getKey());
        out.writeInt(array.shape().length);
        for (long size : array.shape()) {
          out.writeLong(size);
        }
        ByteBuffer bytes = ByteBuffer.allocate(array.elements().length * Float.BYTES);
        bytes.asFloatBuffer().put(array.elements());
        out.writeInt(array.elements().length);
        out.write(bytes.array());
      }
    }
  }

  /**
   * @param file what {@link #write} wrote
   * @return its arrays by name, in their order
   * @throws IOException if the file cannot be read or is cut off
   */
  public static Map<String, Array> read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      Map<String, Array> arrays = new LinkedHashMap<>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String name = in.readUTF();
        long[] shape = new long[in.readInt()];
        for (int axis = 0; axis < shape.length; axis++) {
          shape[axis] = in.readLong();
        }
        float[] elements = new float[in.readInt()];
        byte[] bytes = new byte[elements.length * Float.BYTES];
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).asFloatBuffer().get(elements);
        arrays.put(name, new Array(shape, elements));
      }
      return arrays;
    }
  }
}
