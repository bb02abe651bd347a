package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PositionGridTest {
  private static double[] patch(double[] table, int dim, int patch) {
    return Arrays.copyOfRange(table, patch * dim, (patch + 1) * dim);
  }

  @Test
  void theColumnComesFirstOrTheRow() {
    // row 2, column 1 of 4 × 3 patches: s(u) = [sin u, sin u/100, cos u, cos u/100]
    double[] row = {Math.sin(2), Math.sin(0.02), Math.cos(2), Math.cos(0.02)};
    double[] column = {Math.sin(1), Math.sin(0.01), Math.cos(1), Math.cos(0.01)};
    double[] byColumn = patch(PositionGrid.COLUMN_FIRST.table(4, 3, 8), 8, 7);
    assertThat(Arrays.copyOf(byColumn, 4)).containsExactly(column, within(1e-15));
    assertThat(Arrays.copyOfRange(byColumn, 4, 8)).containsExactly(row, within(1e-15));
    double[] byRow = patch(PositionGrid.ROW_FIRST.table(4, 3, 8), 8, 7);
    assertThat(Arrays.copyOf(byRow, 4)).containsExactly(row, within(1e-15));
    assertThat(Arrays.copyOfRange(byRow, 4, 8)).containsExactly(column, within(1e-15));
  }

  @Test
  void aClassTokenStandsInFrontAndChannelsBehindFourQuartersAreZero() {
    double[] table = PositionGrid.ROW_FIRST.table(2, 5, 7);
    double[] behind = PositionGrid.ROW_FIRST.tableWithClassToken(2, 5, 7);
    assertThat(patch(behind, 7, 0)).containsOnly(0);
    assertThat(Arrays.copyOfRange(behind, 7, 77)).isEqualTo(table);
    assertThat(Arrays.copyOfRange(patch(table, 7, 9), 4, 7)).containsOnly(0);
  }
}
