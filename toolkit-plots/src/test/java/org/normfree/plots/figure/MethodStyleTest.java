package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.normfree.plots.chart.Mark;

class MethodStyleTest {
  @Test
  void noTwoMethodsShareDashAndMarkerSoGreyTellsThemApart() {
    List<List<Object>> styles = new ArrayList<>();
    MethodStyle.known().forEach(style -> styles.add(List.of(style.dash(), style.mark())));
    assertThat(styles).hasSizeGreaterThan(25).doesNotHaveDuplicates();
  }

  @Test
  void anUnknownMethodHasAStyleThatIsItsOwnEveryTime() {
    List<MethodStyle> styles =
        IntStream.range(0, 200).mapToObj(i -> MethodStyle.of("method" + i)).toList();
    assertThat(styles)
        .isEqualTo(IntStream.range(0, 200).mapToObj(i -> MethodStyle.of("method" + i)).toList());
    assertThat(styles.stream().map(s -> List.of(s.color(), s.dash(), s.mark())).distinct())
        .hasSizeGreaterThan(120);
    // a cross is a run that diverged
    assertThat(styles).allSatisfy(style -> assertThat(style.mark()).isNotEqualTo(Mark.CROSS));
    assertThat(MethodStyle.of("mine").words()).isEqualTo("mine");
    assertThat(MethodStyle.of("mine-no-alpha").words()).isEqualTo("mine without α");
  }
}
