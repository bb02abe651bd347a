package org.normfree.core.record;

/** Names of the files and folders in a run directory. */
public final class RunFiles {
  /** The resolved configuration: one flat JSON object, key to value. */
  public static final String CONFIG = "config.json";

  /** What ran where: versions, machine, commit, command; never compared between runs. */
  public static final String PROVENANCE = "provenance.json";

  /** What was trained on: for each choice of data the parts of its {@link DataIdentity}. */
  public static final String DATA = "data.json";

  /** Which runs an experiment consists of, for those who look on while it is carried out. */
  public static final String PLAN = "plan.json";

  /** {@link MetricLine}s, one a line. */
  public static final String METRICS = "metrics.jsonl";

  /** Wall-clock times; the only file of a run whose content depends on time, besides provenance. */
  public static final String TIMING = "timing.jsonl";

  /** The {@link Trial} a run of a sweep stands for. */
  public static final String TRIAL = "trial.json";

  /** The {@link Summary} of an experiment. */
  public static final String SUMMARY = "summary.json";

  /** The numbers a single run ended with: one flat JSON object, metric to value. */
  public static final String RESULT = "result.json";

  /** The stack trace of a run that FAILED. */
  public static final String ERROR = "error.log";

  /** What a run got right of each test item: metric to one number an item, in the split's order. */
  public static final String ITEMS = "items.json";

  /** The {@link LayerNormMap} of a run. */
  public static final String LAYERNORM_MAP = "layernorm-map.json";

  /** The {@link ImageGrids} of a run. */
  public static final String IMAGES = "images.json";

  /** Folder of a sweep's runs, inside the experiment's directory. */
  public static final String RUNS = "runs";

  /** Folder of a run's checkpoints. */
  public static final String CHECKPOINTS = "checkpoints";

  private RunFiles() {}
}
