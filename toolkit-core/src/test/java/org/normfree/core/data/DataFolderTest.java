package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;

class DataFolderTest {
  private static Path root(Map<String, String> environment, String system) {
    return DataFolder.root(environment, system, "/home/ada");
  }

  @Test
  void theFolderIsTheOneGivenOrTheSystemsPlaceForCaches() {
    assertThat(root(Map.of("TOOLKIT_DATA", "/big/sets"), "Linux")).isEqualTo(Path.of("/big/sets"));
    assertThat(root(Map.of("TOOLKIT_DATA", "~/sets"), "Linux"))
        .isEqualTo(Path.of("/home/ada/sets"));
    assertThat(root(Map.of(), "Linux")).isEqualTo(Path.of("/home/ada/.cache/normfree-toolkit"));
    assertThat(root(Map.of("XDG_CACHE_HOME", "/c", "TOOLKIT_DATA", " "), "Linux"))
        .isEqualTo(Path.of("/c/normfree-toolkit"));
    assertThat(root(Map.of(), "Mac OS X"))
        .isEqualTo(Path.of("/home/ada/Library/Caches/normfree-toolkit"));
    assertThat(root(Map.of("LOCALAPPDATA", "/l"), "Windows 11"))
        .isEqualTo(Path.of("/l/normfree-toolkit"));
  }

  @Test
  void aSetThatWasNotFetchedSaysWhatFetchesIt() {
    assertThat(DataFolder.given(Optional.of(Path.of("x")), "cifar10", "files"))
        .isEqualTo(Path.of("x"));
    assertThatThrownBy(() -> DataFolder.given(Optional.empty(), "folder", "files"))
        .isInstanceOf(InputException.class)
        .hasMessage("data=folder needs data.path, the folder that holds files");
  }

  @Test
  void whatIsOnRecordIsWellFormed() {
    Set<String> names = new HashSet<>();
    for (RemoteSet set : RemoteSet.ALL) {
      assertThat(names.add(set.name())).isTrue();
      assertThat(set.licence()).isNotBlank();
      for (RemoteSet.RemoteFile file : set.files()) {
        assertThat(file.address().getScheme()).isIn("http", "https");
        file.sha256().ifPresent(sum -> assertThat(sum).matches("[0-9a-f]{64}"));
        // what comes without encryption is known by its checksum
        assertThat(file.address().getScheme().equals("https") || file.sha256().isPresent())
            .isTrue();
      }
    }
  }
}
