package org.normfree.experiments.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import picocli.CommandLine;

/**
 * Gives classes of Java 5 the frames and the version of Java 8. No JVM keeps classes without frames
 * in its archive, and loading those of the command line's library is a third of a start.
 */
final class Frames {
  private Frames() {}

  /**
   * The launcher calls this before it makes its archive.
   *
   * @param args none
   * @throws Exception if the library beside the toolkit cannot be written
   */
  public static void main(String[] args) throws Exception {
    add(Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
  }

  /**
   * Rewrites a jar; not if its classes have frames already.
   *
   * @param jar whose classes the class path has, too
   * @throws IOException if it cannot be read or written; it is then as it was
   */
  static void add(Path jar) throws IOException {
    // no temporary file, which others could not read
    Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
    try {
      if (write(jar, rewritten)) {
        Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(rewritten);
    }
  }

  /** Whether anything was changed. */
  private static boolean write(Path from, Path to) throws IOException {
    boolean changed = false;
    try (ZipFile jar = new ZipFile(from.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      List<? extends ZipEntry> entries = Collections.list(jar.entries());
      for (ZipEntry entry : entries) {
        byte[] content = read(jar, entry);
        boolean old = entry.getName().endsWith(".class") && isOld(content);
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(old ? framed(content) : content);
        changed |= old;
      }
    }
    return changed;
  }

  private static byte[] read(ZipFile jar, ZipEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /** The low byte of the major version is the eighth. */
  private static boolean isOld(byte[] file) {
    return file.length > 7 && file[7] < Opcodes.V1_6;
  }

  private static byte[] framed(byte[] file) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    new ClassReader(file)
        .accept(
            new ClassVisitor(Opcodes.ASM9, writer) {
              @Override
              public void visit(
                  int version,
                  int access,
                  String name,
                  String signature,
                  String superName,
                  String[] interfaces) {
                super.visit(Opcodes.V1_8, access, name, signature, superName, interfaces);
              }
            },
            ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }
}
