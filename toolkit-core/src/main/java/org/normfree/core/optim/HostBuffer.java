package org.normfree.core.optim;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of an ND4J array as Java sees it, element after element in row-major order. After
 * writing, {@link #written} tells ND4J that the processor's copy is the newest.
 */
public final class HostBuffer {
  private HostBuffer() {}

  /**
   * @param array any array
   * @return {@code array} itself if its memory is its elements in row-major order, otherwise a copy
   *     of which that is true
   */
  public static INDArray rowMajor(INDArray array) {
    boolean plain =
        array.offset() == 0
            && array.data().length() == array.length()
            && (array.rank() <= 1 || array.ordering() == 'c')
            && Shape.hasDefaultStridesForShape(array);
    return plain ? array : array.dup('c');
  }

  /**
   * @param array a row-major FLOAT array
   * @return its memory
   */
  public static FloatBuffer floats(INDArray array) {
    Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
    return array.data().asNioFloat();
  }

  /**
   * @param array a row-major DOUBLE array
   * @return its memory
   */
  public static DoubleBuffer doubles(INDArray array) {
    Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
    return array.data().asNioDouble();
  }

  /**
   * @param array a row-major INT32 array
   * @return its memory
   */
  public static IntBuffer ints(INDArray array) {
    Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
    return array.data().asNioInt();
  }

  /**
   * @param array a row-major array of any type with elements of a fixed width
   * @return its memory, in the machine's byte order, which ND4J requires to be little-endian
   */
  public static ByteBuffer bytes(INDArray array) {
    Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
    return array.data().asNio();
  }

  /**
   * @param array an array whose memory was changed
   */
  public static void written(INDArray array) {
    Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
  }
}
