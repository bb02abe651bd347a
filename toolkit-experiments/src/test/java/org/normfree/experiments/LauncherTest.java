package org.normfree.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code toolkit} of the repository, with a Maven and a Java that only say what they
 * got.
 */
class LauncherTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path folder;
  private Path home;
  private Path tools;
  private Path jdk;

  /** What a command printed and how it ended. */
  private record Output(int code, List<String> out, List<String> err) {}

  @BeforeEach
  void repository() throws IOException {
    assumeTrue(Files.isExecutable(BASH));
    home = Files.createDirectories(folder.resolve("my toolkit"));
    Files.copy(
        Path.of("..", "toolkit"), home.resolve("toolkit"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(home.resolve("pom.xml"), "");
    for (String module : List.of("core", "plots", "experiments")) {
      Path sources = home.resolve("toolkit-" + module);
      Files.createDirectories(sources.resolve("src/main/java"));
      Files.writeString(sources.resolve("src/main/java/A.java"), "");
      Files.writeString(sources.resolve("pom.xml"), "");
    }
    tools = Files.createDirectories(folder.resolve("tools"));
    script(
        tools.resolve("mvn"),
        "[[ $* != *fail* ]] || { echo 'A.java: cannot compile'; exit 1; }",
        "echo \"$*\" >>" + quoted("builds"),
        "target=" + quoted("my toolkit/toolkit-experiments/target"),
        "mkdir -p \"$target\" && : >\"$target/toolkit-experiments.jar\"");
    jdk = Files.createDirectories(folder.resolve("a jdk"));
    Files.createDirectories(jdk.resolve("bin"));
    script(
        jdk.resolve("bin/java"),
        "for word in \"$@\"; do echo \"$word\"; done",
        "echo \"in $PWD with $OMP_WAIT_POLICY\"");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");
  }

  private String quoted(String name) {
    return "'" + folder.resolve(name) + "'";
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private ProcessBuilder command(Path script, String... args) {
    List<String> words = new ArrayList<>(List.of(script.toString()));
    words.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().put("PATH", tools + ":/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().remove("OMP_WAIT_POLICY");
    builder.environment().remove("TOOLKIT_MAVEN_ARGS");
    builder.environment().remove("TOOLKIT_JAVA_OPTS");
    return builder;
  }

  private static Output run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.start();
    List<String> out = lines(process.getInputStream().readAllBytes());
    List<String> err = lines(process.getErrorStream().readAllBytes());
    return new Output(process.waitFor(), out, err);
  }

  private Output toolkit(String... args) throws IOException, InterruptedException {
    return run(command(home.resolve("toolkit"), args));
  }

  private static List<String> lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8).lines().toList();
  }

  private List<String> builds() throws IOException {
    Path log = folder.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  private static void touch(Path file, Duration after) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(after)));
  }

  @Test
  void theFirstUseBuildsAndTheNextDoesNot() throws Exception {
    Output first = toolkit("list");
    assertThat(first.code()).isZero();
    assertThat(first.err())
        .containsExactly("building the toolkit (first use or sources changed) ...");
    Output second = toolkit("list");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).hasSize(1);
  }

  @Test
  void argumentsWithSpacesAndTheCallersFolderReachJava() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("else where"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("tk"), Path.of("../my toolkit/toolkit"));
    ProcessBuilder builder = command(link, "run", "train", "--out", "a b");
    Output output = run(builder.directory(elsewhere.toFile()));
    assertThat(output.code()).isZero();
    assertThat(output.out())
        .contains(
            home.toRealPath().resolve("toolkit-experiments/target/toolkit-experiments.jar") + "")
        .containsSequence(
            "run", "train", "--out", "a b", "in %s with passive".formatted(elsewhere.toRealPath()));
  }

  @Test
  void aFolderOfTheSameNameOnCdpathIsNotTaken() throws Exception {
    Path other = Files.createDirectories(folder.resolve("elsewhere/my toolkit"));
    Path dashed = Files.createDirectories(folder.resolve("-n"));
    ProcessBuilder builder = command(Path.of("my toolkit/toolkit"), "list");
    builder.environment().put("CDPATH", other.getParent() + ":" + dashed);
    Output output = run(builder);
    assertThat(output.code()).as("%s", output.err()).isZero();
    assertThat(output.out())
        .contains(
            home.toRealPath().resolve("toolkit-experiments/target/toolkit-experiments.jar") + "");
  }

  /** Java names files in the locale's letters; a container often has a locale without any. */
  @Test
  void aLocaleThatKnowsAsciiAloneBecomesOneThatKnowsAllLetters() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
    script(jdk.resolve("bin/java"), "echo \"locale ${LC_ALL:-none}\"");
    for (String locale : List.of("C", "POSIX", "xx_XX.UTF-8", "C.UTF-8")) {
      ProcessBuilder builder = command(home.resolve("toolkit"), "list");
      builder.environment().put("LC_ALL", locale);
      assertThat(run(builder).out()).as(locale).containsExactly("locale C.UTF-8");
    }
    ProcessBuilder builder = command(home.resolve("toolkit"), "list");
    List.of("LC_ALL", "LC_CTYPE", "LANG").forEach(builder.environment()::remove);
    assertThat(run(builder).out()).containsExactly("locale C.UTF-8");
    builder.environment().put("LC_CTYPE", "C.UTF-8");
    assertThat(run(builder).out()).containsExactly("locale none");
  }

  /** It costs a line of the JDK's own, so it is left out where it gains nothing. */
  @Test
  void whatOnlyListsStartsWithoutTheVectorApi() throws Exception {
    Files.writeString(
        jdk.resolve("release"), "JAVA_VERSION=\"17.0.9\"\nMODULES=\"jdk.incubator.vector\"\n");
    script(jdk.resolve("bin/java"), "for word in \"$@\"; do echo \"$word\" >&2; done", "exit 7");
    toolkit("list");
    Output run = toolkit("run", "train");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.err()).contains("--add-modules", "train");
    for (String word : List.of("list", "help", "completion", "figures", "status", "document")) {
      assertThat(toolkit(word).err()).doesNotContain("--add-modules");
    }
    assertThat(toolkit("run", "train", "--help").err()).doesNotContain("--add-modules");
  }

  @Test
  void aChangedSourceOrPomBuildsAgain() throws Exception {
    toolkit("list");
    touch(home.resolve("toolkit-plots/src/main/java/A.java"), Duration.ofHours(1));
    toolkit("list");
    assertThat(builds()).hasSize(2);
    touch(home.resolve("toolkit-plots/src/main/java/A.java"), Duration.ofHours(-1));
    toolkit("list");
    assertThat(builds()).hasSize(2);
    touch(home.resolve("toolkit-core/pom.xml"), Duration.ofHours(1));
    toolkit("list");
    assertThat(builds()).hasSize(3);
  }

  @Test
  void severalFirstUsesAtATimeBuildOnce() throws Exception {
    List<Process> uses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      uses.add(
          command(home.resolve("toolkit"), "list")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out" + i).toFile())
              .start());
    }
    for (Process use : uses) {
      assertThat(use.waitFor()).isZero();
    }
    assertThat(builds()).hasSize(1);
  }

  @Test
  void aFailedBuildShowsItsOutputAndExits1() throws Exception {
    ProcessBuilder builder = command(home.resolve("toolkit"), "list");
    builder.environment().put("TOOLKIT_MAVEN_ARGS", "-Dfail -Dx");
    Output output = run(builder);
    assertThat(output.code()).isEqualTo(1);
    assertThat(output.err()).contains("A.java: cannot compile");
    assertThat(output.out()).isEmpty();
  }

  @Test
  void optionsForJavaAndMavenAreHandedOn() throws Exception {
    ProcessBuilder builder = command(home.resolve("toolkit"), "list");
    builder.environment().put("TOOLKIT_MAVEN_ARGS", "-o -Pcuda");
    builder.environment().put("TOOLKIT_JAVA_OPTS", "-Xmx9g -Da=b");
    assertThat(run(builder).out()).containsSequence("-Xmx9g", "-Da=b", "-jar");
    assertThat(builds()).singleElement().asString().contains("-o -Pcuda package");
  }

  @Test
  void anOldOrMissingJavaIsNamed() throws Exception {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    Output old = toolkit("list");
    assertThat(old.code()).isEqualTo(2);
    assertThat(old.err()).singleElement().asString().contains("is Java 11: set JAVA_HOME");

    ProcessBuilder builder = command(home.resolve("toolkit"), "list");
    builder.environment().put("JAVA_HOME", folder.resolve("nowhere").toString());
    Output missing = run(builder);
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).singleElement().asString().contains("has no bin/java");
  }
}
