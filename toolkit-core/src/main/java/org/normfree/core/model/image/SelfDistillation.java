package org.normfree.core.model.image;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.method.Method;
import org.normfree.core.model.DistillationLoss;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;

/**
 * Self-distillation: a Vision Transformer learns what an average of its own past says of other
 * crops of the same images. Patches → linear → class token in front → + learned positions, {@link
 * PositionResize resized} for small crops → blocks joined by a {@link Method} → the class token
 * behind the last norm, which are the features → {@link org.normfree.core.model.ProjectionHead} →
 * {@link DistillationLoss}. Source: arXiv 2104.14294 and its repository facebookresearch/dino.
 *
 * <p>Student and teacher are networks with the same parameters, {@code backbone.…} and {@code
 * head.…}. A training loop runs the teacher as a {@code Companion} on the crops that both see,
 * feeds its {@link #ANSWER} to the student, and lets its parameters follow the student's. Under a
 * method such as DyT both are built with it, as in the code of arXiv 2503.10622, which converts
 * both; the head has no norm to convert.
 */
public final class SelfDistillation {
  /**
   * Placeholder of the student: the crops that it alone sees, crop after crop, [(V−2)·images,
   * height, width, channels]. Those that both see are {@link Network#INPUT}, [2·images, …].
   */
  public static final String LOCAL_CROPS = "local_crops";

  /** Output of the teacher and placeholder of the student: q, [2·images, K]. */
  public static final String ANSWER = "answer";

  /** Placeholder of the teacher: τ_t, [1]. */
  public static final String TEMPERATURE = "teacher_temperature";

  /** What a network says of {@link Network#INPUT} before any softmax, [rows, K]. */
  public static final String SCORES = Network.LOGITS;

  /** Output of the student: the same of {@link #LOCAL_CROPS}. */
  public static final String LOCAL_SCORES = "local_scores";

  /** The class token behind the last norm, of {@link Network#INPUT}, [rows, dim]. */
  public static final String FEATURES = "features";

  private static final String BACKBONE = "backbone";

  private final SelfDistillationConfig config;
  private final SelfDistillationConfig.Backbone backbone;
  private final ClassTokenEncoder encoder;
  private final Scope root;

  private SelfDistillation(
      SelfDistillationConfig config,
      SelfDistillationConfig.Backbone backbone,
      Method method,
      Scope root) {
    this.config = config;
    this.backbone = backbone;
    this.encoder = new ClassTokenEncoder(backbone, method);
    this.root = root;
  }

  /**
   * The network that is trained. Its graph for evaluations takes whole images of the size of the
   * global crops, and reports what the student pays for the teacher's answer to the same image.
   *
   * @param config the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   */
  public static Network student(
      SelfDistillationConfig config, Method method, DataType type, long seed) {
    return Scope.build(
        type,
        seed,
        root -> new SelfDistillation(config, config.backbone(), method, root).student());
  }

  /**
   * The network that answers: without drop path and objective, with the centre as the state {@code
   * centre}. Built with the student's seed it starts as a copy of it.
   *
   * @param config the shape
   * @param method the student's
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   */
  public static Network teacher(
      SelfDistillationConfig config, Method method, DataType type, long seed) {
    SelfDistillationConfig.Backbone still = config.backbone().withoutDropPath();
    return Scope.build(
        type, seed, root -> new SelfDistillation(config, still, method, root).teacher());
  }

  /**
   * The backbone alone, as it is published: its features of images of its own size.
   *
   * @param backbone the shape
   * @param method what keeps it trainable
   * @param type FLOAT or DOUBLE
   * @param seed seed of the initial parameters
   */
  public static Network backbone(
      SelfDistillationConfig.Backbone backbone, Method method, DataType type, long seed) {
    return Scope.build(type, seed, root -> declareBackbone(backbone, method, root));
  }

  /**
   * Declares the backbone alone.
   *
   * @param backbone the shape
   * @param method what keeps it trainable
   * @param root where
   */
  static void declareBackbone(SelfDistillationConfig.Backbone backbone, Method method, Scope root) {
    Patches patches = backbone.patches();
    SDVariable image = images(root, Network.INPUT, patches);
    SDVariable features =
        new ClassTokenEncoder(backbone, method).features(root.child(BACKBONE), image, patches);
    root.graph().updateVariableNameAndReference(features, FEATURES);
  }

  private static SDVariable images(Scope root, String name, Patches patches) {
    return root.graph()
        .placeHolder(name, root.type(), -1, patches.height(), patches.width(), patches.channels());
  }

  private void student() {
    SameDiff sd = root.graph();
    SDVariable globals = globals();
    int outputs = config.head().outputs();
    SDVariable answers = sd.placeHolder(ANSWER, root.type(), -1, outputs);
    if (root.mode() == Mode.EVALUATION) {
      SDVariable losses = config.loss().crossEntropy(root, "losses", globals, answers);
      losses.mean(Network.LOSS);
      root.objective(new Objective("", List.of(), reported()));
      return;
    }
    Optional<SDVariable> locals = Optional.empty();
    if (config.loss().locals() > 0) {
      SelfDistillationConfig.Crops crops = config.crops();
      Patches patches = backbone.patches(crops.localHeight(), crops.localWidth());
      Scope again = root.again("local", Size.along(LOCAL_CROPS, 0));
      SDVariable crop = images(root, LOCAL_CROPS, patches);
      SDVariable features = encoder.features(again.child(BACKBONE), crop, patches);
      locals = Optional.of(named(LOCAL_SCORES, scores(again, features)));
    }
    SDVariable loss = config.loss().loss(root, globals, locals, answers);
    sd.updateVariableNameAndReference(loss, Network.LOSS);
    root.objective(new Objective(Network.LOSS, reported(), List.of()));
  }

  private static List<Metric> reported() {
    return List.of(Metric.mean(Network.LOSS, Network.LOSS));
  }

  private void teacher() {
    SDVariable scores = globals();
    SDVariable temperature = root.graph().placeHolder(TEMPERATURE, root.type(), 1);
    config.loss().answers(root, ANSWER, scores, temperature);
  }

  /** Scores of what both networks see. */
  private SDVariable globals() {
    SelfDistillationConfig.Crops crops = config.crops();
    Patches patches = backbone.patches(crops.globalHeight(), crops.globalWidth());
    SDVariable image = images(root, Network.INPUT, patches);
    SDVariable features = encoder.features(root.child(BACKBONE), image, patches);
    return named(SCORES, scores(root, named(FEATURES, features)));
  }

  private SDVariable named(String name, SDVariable x) {
    return root.graph().updateVariableNameAndReference(x, name);
  }

  private SDVariable scores(Scope scope, SDVariable features) {
    return config
        .head()
        .scores(scope.child("head"), backbone.weights().linear(), features, backbone.dim());
  }
}
