package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The file {@code summary.json} of an experiment.
 *
 * @param experiment the experiment's name
 * @param rows a row a method, setting and metric
 */
@JsonPropertyOrder({"experiment", "rows"})
public record Summary(String experiment, List<SummaryRow> rows) {}
