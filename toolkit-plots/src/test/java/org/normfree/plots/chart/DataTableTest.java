package org.normfree.plots.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DataTableTest {
  @Test
  void isWrittenInFullAndQuotedWhereNeeded() {
    DataTable table =
        new DataTable.Builder("name", "mean", "n")
            .add("a, \"b\"", 1 / 3.0, 3)
            .add("line\nend", Double.NaN, null)
            .build();
    assertThat(table.csv())
        .isEqualTo("name,mean,n\n\"a, \"\"b\"\"\",0.3333333333333333,3\n\"line\nend\",,\n");
  }

  @Test
  void aRowHasACellAColumn() {
    assertThatThrownBy(() -> new DataTable.Builder("a", "b").add(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 cells in a table of 2 columns");
  }
}
