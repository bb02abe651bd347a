package org.normfree.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;
  private Path git;

  @BeforeEach
  void repository() throws IOException {
    git = Files.createDirectories(folder.resolve("repo/.git"));
    Files.writeString(git.resolve("HEAD"), "ref: refs/heads/main\n");
  }

  @Test
  void theCommitIsThatOfTheBranch() throws IOException {
    Files.createDirectories(git.resolve("refs/heads"));
    Files.writeString(git.resolve("refs/heads/main"), COMMIT + "\n");
    assertThat(Build.commit(git.getParent())).contains(COMMIT);
  }

  @Test
  void aPackedBranchAndADetachedHeadAreRead() throws IOException {
    Files.writeString(
        git.resolve("packed-refs"), "# pack-refs\n%s refs/heads/main\n".formatted(COMMIT));
    assertThat(Build.commit(git.getParent())).contains(COMMIT);
    Files.writeString(git.resolve("HEAD"), "f".repeat(40) + "\n");
    assertThat(Build.commit(git.getParent())).contains("f".repeat(40));
  }

  @Test
  void aLinkedWorkTreeIsFollowed() throws IOException {
    Path linked = Files.createDirectories(git.resolve("worktrees/w"));
    Files.writeString(linked.resolve("HEAD"), "ref: refs/heads/side\n");
    Files.writeString(linked.resolve("commondir"), "../..\n");
    Files.createDirectories(git.resolve("refs/heads"));
    Files.writeString(git.resolve("refs/heads/side"), COMMIT + "\n");
    Path tree = Files.createDirectories(folder.resolve("w"));
    Files.writeString(tree.resolve(".git"), "gitdir: " + linked + "\n");
    assertThat(Build.commit(tree)).contains(COMMIT);
  }

  @Test
  void withoutARepositoryThereIsNone() {
    assertThat(Build.commit(folder)).isEmpty();
  }

  @Test
  void versionsAreThoseOfTheBuild() {
    assertThat(Build.version()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(Build.nd4jVersion()).isEqualTo("1.0.0-M2.1");
  }
}
