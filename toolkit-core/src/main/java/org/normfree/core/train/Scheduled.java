package org.normfree.core.train;

import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Schedule;

/** A number that depends on the step alone, such as a temperature, in a placeholder of length 1. */
public final class Scheduled implements Source {
  private final String placeholder;
  private final Schedule schedule;
  private final INDArray value;

  /**
   * @param network the network that reads it
   * @param placeholder a placeholder of a fixed shape of one element
   * @param schedule its value at each step
   */
  public Scheduled(Network network, String placeholder, Schedule schedule) {
    this.placeholder = placeholder;
    this.schedule = schedule;
    var variable = network.graph().getVariable(placeholder);
    value = Nd4j.create(variable.dataType(), variable.placeholderShape());
    if (value.length() != 1) {
      throw new IllegalArgumentException(
          "the placeholder %s has %s elements; a scheduled one has 1"
              .formatted(placeholder, value.length()));
    }
  }

  @Override
  public String name() {
    return placeholder;
  }

  @Override
  public Set<String> placeholders() {
    return Set.of(placeholder);
  }

  @Override
  public Map<String, INDArray> values(Pass pass, Map<String, INDArray> known) {
    return Map.of(placeholder, value.assign(schedule.rate(pass.step())));
  }
}
