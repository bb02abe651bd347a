package org.normfree.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.experiments.FileTree;

class WorkTreeTest {
  @TempDir Path folder;
  private Path checkout;
  private Path source;

  @BeforeEach
  void repository() throws Exception {
    checkout = Files.createDirectories(folder.resolve("a checkout"));
    source = Files.createDirectories(checkout.resolve("toolkit-core/src")).resolve("A.java");
    Files.writeString(source, "class A {}\n");
    Files.writeString(checkout.resolve("pom.xml"), "<project/>\n");
    assumeTrue(git("init", "-q"), "there is no git");
    git("add", ".");
    assertThat(git("commit", "-q", "-m", "first")).isTrue();
  }

  private boolean git(String... words) throws InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("git", "-C", checkout.toString(), "-c", "user.name=n", "-c", "user.email=e"));
    command.addAll(List.of(words));
    try {
      ProcessBuilder process = new ProcessBuilder(command);
      process.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
      return process.redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void asCommittedItIsClean() {
    assertThat(WorkTree.isDirty(checkout)).contains(false);
  }

  @Test
  void changedNewAndDeletedSourcesAreChanges() throws IOException {
    Files.writeString(source, "class A { int b; }\n");
    assertThat(WorkTree.isDirty(checkout)).contains(true);
    Files.writeString(source, "class A {}\n");
    assertThat(WorkTree.isDirty(checkout)).contains(false);
    Path more = Files.createDirectories(checkout.resolve("toolkit-plots/src")).resolve("B.java");
    Files.writeString(more, "class B {}\n");
    assertThat(WorkTree.isDirty(checkout)).contains(true);
    Files.delete(more);
    Files.delete(source);
    assertThat(WorkTree.isDirty(checkout)).contains(true);
  }

  @Test
  void soManyChangesThatAPipeCannotHoldThem() throws Exception {
    for (int i = 0; i < 3000; i++) {
      Files.writeString(source.resolveSibling("a_rather_long_name_of_a_class_" + i + ".java"), "");
    }
    git("add", ".");
    assertThat(WorkTree.isDirty(checkout)).contains(true);
  }

  @Test
  void notesAndResultsBesideTheSourcesAreNone() throws IOException {
    Files.writeString(checkout.resolve("thesis.tex"), "precious");
    Files.createDirectories(checkout.resolve("results/tiny"));
    Files.writeString(checkout.resolve("results/tiny/config.json"), "{}");
    assertThat(WorkTree.isDirty(checkout)).contains(false);
  }

  @Test
  void lookingChangesNothing() throws IOException {
    Files.writeString(source, "class A { int b; }\n");
    var before = FileTree.of(folder);
    WorkTree.isDirty(checkout);
    assertThat(FileTree.of(folder)).isEqualTo(before);
  }

  @Test
  void whatIsNoCheckoutCannotBeTold() throws IOException {
    assertThat(WorkTree.isDirty(folder.resolve("nowhere"))).isEmpty();
    Path broken = Files.createDirectories(folder.resolve("broken/.git"));
    assertThat(WorkTree.isDirty(broken.getParent())).isEmpty();
  }
}
