package org.normfree.core.data;

import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** JPEG files of four inks, as Photoshop writes them: inverted, with Adobe's mark. */
final class Inks {
  private Inks() {}

  /** 8×8 pixels of these inks, 255 for full. */
  static byte[] jpeg(int[] inks) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(0, 8, 8, 4, null);
    for (int k = 0; k < 64; k++) {
      for (int ink = 0; ink < 4; ink++) {
        raster.setSample(k % 8, k / 8, ink, 255 - inks[ink]);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(plain)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(raster, null, null), null);
    } finally {
      writer.dispose();
    }
    byte[] bytes = plain.toByteArray();
    byte[] mark = {(byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
    ByteArrayOutputStream marked = new ByteArrayOutputStream();
    marked.write(bytes, 0, 2);
    marked.writeBytes(mark);
    marked.write(bytes, 2, bytes.length - 2);
    return marked.toByteArray();
  }
}
