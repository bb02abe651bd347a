package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FramesTest {
  @TempDir Path folder;

  private Path copyOfLibrary() throws Exception {
    Path library =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return Files.copy(library, folder.resolve("library.jar"));
  }

  private static Set<String> names(Path jar) throws IOException {
    try (ZipFile file = new ZipFile(jar.toFile())) {
      Set<String> names = new TreeSet<>();
      file.stream().map(ZipEntry::getName).forEach(names::add);
      return names;
    }
  }

  /** The verifier of classes with frames accepts all, and they are complete. */
  @Test
  void allClassesOfTheLibraryAreVerifiedWithFrames() throws Exception {
    Path jar = copyOfLibrary();
    Set<String> before = names(jar);
    Frames.add(jar);
    assertThat(names(jar)).isEqualTo(before);
    URL[] path = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      for (String name : before) {
        if (name.startsWith("picocli/") && name.endsWith(".class")) {
          String type = name.substring(0, name.length() - ".class".length()).replace('/', '.');
          assertThat(Class.forName(type, true, loader)).isNotNull();
          assertThat(version(loader, name)).isEqualTo((byte) 52);
        }
      }
      Class<?> commandLine = Class.forName("picocli.CommandLine", true, loader);
      Object command =
          commandLine.getConstructor(Object.class).newInstance(new Object[] {spec(loader)});
      String usage = (String) commandLine.getMethod("getUsageMessage").invoke(command);
      assertThat(usage).startsWith("Usage:");
    }
  }

  private static Object spec(ClassLoader loader) throws ReflectiveOperationException {
    return Class.forName("picocli.CommandLine$Model$CommandSpec", true, loader)
        .getMethod("create")
        .invoke(null);
  }

  private static byte version(ClassLoader loader, String name) {
    try (var in = loader.getResourceAsStream(name)) {
      return in.readNBytes(8)[7];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aJarWithFramesIsLeftAlone() throws Exception {
    Path jar = copyOfLibrary();
    Frames.add(jar);
    byte[] once = Files.readAllBytes(jar);
    Frames.add(jar);
    assertThat(jar).hasBinaryContent(once);
    assertThat(folder).isDirectoryContaining(jar::equals);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }
}
