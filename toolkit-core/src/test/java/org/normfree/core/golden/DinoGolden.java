package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.DistillationLoss;
import org.normfree.core.model.ProjectionHead;
import org.normfree.core.model.image.Patches;
import org.normfree.core.model.image.PositionResize;
import org.normfree.core.model.image.SelfDistillation;
import org.normfree.core.model.image.SelfDistillationConfig;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Cosine;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.GradientClipping;
import org.normfree.core.optim.LinearThen;
import org.normfree.core.optim.Schedule;
import org.normfree.core.probe.NearestNeighbours;

/** Cases of {@code dino.json.gz}. */
final class DinoGolden {
  private DinoGolden() {}

  static void register(GoldenFolder folder) {
    folder
        .kind("dino_loss", DinoGolden::checkLoss)
        .kind("dino_head", DinoGolden::checkHead)
        .kind("dino_schedule", DinoGolden::checkSchedule)
        .kind("dino_ema", DinoGolden::checkEma)
        .kind("dino_interpolate_pos", DinoGolden::checkPositions)
        .kind("dino", DinoGolden::checkStep)
        .kind("dino_knn", DinoGolden::checkNeighbours);
  }

  private static void checkLoss(GoldenCase golden) {
    int crops = golden.integer("crops");
    int epochs = golden.integer("epochs");
    double last = golden.number("teacher_temp");
    Schedule temperature =
        new LinearThen(
            golden.number("warmup_teacher_temp"),
            last,
            golden.integer("warmup_teacher_temp_epochs"),
            new Constant(last));
    double[] all = new double[epochs];
    Arrays.setAll(all, temperature::rate);
    golden.compareNumbers("teacher_temp_schedule", all);

    int outputs = (int) golden.shape("steps/0/teacher")[1];
    DistillationLoss loss =
        new DistillationLoss(
            outputs,
            crops - DistillationLoss.GLOBALS,
            golden.number("student_temp"),
            golden.number("center_momentum"));
    INDArray centre = Nd4j.zeros(golden.type(), outputs);
    for (int i = 0; i < golden.size("steps"); i++) {
      GoldenCase step = golden.at("steps/" + i);
      double tau = temperature.rate(step.integer("epoch"));
      Scope teacher = Scope.root(golden.type(), 1);
      SDVariable scores = teacher.graph().constant("t", step.tensor("teacher"));
      loss.answers(
          teacher,
          SelfDistillation.ANSWER,
          scores,
          teacher.constant("tau", Initializer.constant(tau), 1));
      Network answering = teacher.network();
      answering.array("centre").assign(centre);
      Answer answer = Answer.of(answering, Map.of());
      centre = answer.centre;
      step.compare("center", centre.reshape(1, outputs));

      Scope student = Scope.root(golden.type(), 1);
      SameDiff sd = student.graph();
      SDVariable s = sd.var("s", step.tensor("student"));
      long seen = answer.q.size(0);
      SDVariable globals = rows(s, 0, seen);
      Optional<SDVariable> locals =
          crops > DistillationLoss.GLOBALS
              ? Optional.of(rows(s, seen, s.getShape()[0]))
              : Optional.empty();
      loss.loss(student, globals, locals, sd.constant("q", answer.q)).rename("loss");
      sd.setLossVariables("loss");
      step.compare("loss", sd.outputSingle(Map.of(), "loss"));
      step.compare("dstudent", sd.calculateGradients(Map.of(), "s").get("s"));
    }
  }

  private static SDVariable rows(SDVariable x, long from, long to) {
    return x.get(SDIndex.interval(from, to), SDIndex.all());
  }

  /** What a teacher says, and where its centre goes. */
  private record Answer(INDArray q, INDArray centre) {
    static Answer of(Network teacher, Map<String, INDArray> placeholders) {
      String next = teacher.states().get(0).next().orElseThrow();
      Map<String, INDArray> values =
          teacher.graph().output(placeholders, SelfDistillation.ANSWER, next);
      return new Answer(values.get(SelfDistillation.ANSWER).dup(), values.get(next).dup());
    }
  }

  private static ProjectionHead head(GoldenCase golden, int layers, int outputs, boolean norm) {
    return new ProjectionHead(
        layers, golden.integer("hidden"), golden.integer("bottleneck"), outputs, norm);
  }

  private static void map(Official official, ProjectionHead head, String theirs, String ours) {
    for (int layer = 1; layer <= head.layers(); layer++) {
      String name = head.layers() == 1 ? "mlp" : "mlp." + 2 * (layer - 1);
      official.linearWithBias(theirs + name, ours + "fc" + layer);
    }
    official.linear(theirs + "last_layer.weight_v", ours + "last.v");
    if (!head.normLastLayer()) {
      official.same(theirs + "last_layer.weight_g", ours + "last.g");
    }
  }

  private static void checkHead(GoldenCase golden) {
    int outputs = (int) golden.shape("upstream")[1];
    ProjectionHead head =
        head(golden, golden.integer("layers"), outputs, golden.flag("norm_last_layer"));
    Scope root = Scope.root(golden.type(), 1);
    SameDiff sd = root.graph();
    SDVariable x = sd.var("x", golden.tensor("x"));
    SDVariable y = head.scores(root, Initializer.normal(1), x, (int) x.getShape()[1]);
    Network network = root.network();
    Official official = new Official();
    map(official, head, "", "");
    official.load(network, golden, "weights");
    golden.compare("y", sd.outputSingle(Map.of(), y.name()));
    List<String> names =
        new ArrayList<>(network.parameters().stream().map(Network.Parameter::name).toList());
    names.add("x");
    Map<String, INDArray> gradients = gradients(sd, y, golden, names);
    golden.compare("dx", gradients.get("x"));
    official.compare(golden, "dweights", gradients);
  }

  /** Gradients of {@code Σ upstream·y}. */
  private static Map<String, INDArray> gradients(
      SameDiff sd, SDVariable y, GoldenCase golden, List<String> names) {
    y.mul(sd.constant("upstream", golden.tensor("upstream"))).sum("loss");
    sd.setLossVariables("loss");
    return sd.calculateGradients(Map.of(), names.toArray(String[]::new));
  }

  private static void checkSchedule(GoldenCase golden) {
    int perEpoch = golden.integer("steps_per_epoch");
    long steps = (long) golden.integer("epochs") * perEpoch;
    long warmup = (long) golden.integer("warmup_epochs") * perEpoch;
    double base = golden.number("base");
    Schedule schedule =
        new LinearThen(0, base, warmup, new Cosine(base, golden.number("final"), steps - warmup));
    double[] values = new double[(int) steps];
    Arrays.setAll(values, schedule::rate);
    golden.compareNumbers("values", values);
  }

  private static void checkEma(GoldenCase golden) {
    double[] momentum = golden.numbers("momentum");
    INDArray teacher = golden.tensor("teacher0");
    INDArray student = Nd4j.zerosLike(teacher);
    Ema ema =
        Ema.of(
            "teacher",
            Follower.Place.AFTER_STEP,
            Map.of("p", teacher),
            Map.of("p", student),
            step -> momentum[(int) step]);
    for (int step = 0; step < momentum.length; step++) {
      student.assign(golden.tensor("student/" + step));
      ema.follow(step);
      golden.compare("teacher/" + step, teacher);
    }
  }

  private static void checkPositions(GoldenCase golden) {
    int patch = golden.integer("patch");
    Scope root = Scope.root(golden.type(), 1);
    SameDiff sd = root.graph();
    SDVariable positions = sd.var("pos", golden.tensor("pos"));
    int side = (int) Math.round(Math.sqrt(positions.getShape()[1] - 1.0));
    Patches known = new Patches(side * patch, side * patch, 1, patch);
    Patches wanted = new Patches(golden.integer("height"), golden.integer("width"), 1, patch);
    SDVariable y = PositionResize.resize(root, positions, known, wanted).mul("y", 1);
    golden.compare("y", sd.outputSingle(Map.of(), "y"));
    golden.compare("dpos", gradients(sd, y, golden, List.of("pos")).get("pos"));
  }

  private static void checkNeighbours(GoldenCase golden) {
    NearestNeighbours neighbours =
        new NearestNeighbours(
            golden.tensor("train"), golden.integers("train_labels"), golden.integer("classes"));
    double accuracy =
        neighbours.accuracy(
            golden.tensor("test"),
            golden.integers("test_labels"),
            golden.integer("k"),
            golden.number("temperature"));
    golden.compareNumbers("top1_percent", accuracy);
  }

  /**
   * A whole step: the teacher's answers and its centre, the student's loss, gradients, clipping.
   */
  private static void checkStep(GoldenCase golden) {
    golden.compareNumbers("eps", 1e-6);
    boolean dyt = golden.text("norm").equals("dyt");
    Method method = Methods.create(dyt ? "dyt" : "pre-ln", MethodOptions.DEFAULTS);
    SelfDistillationConfig config = config(golden);
    Official official = official(config, dyt);

    Network teacher = SelfDistillation.teacher(config, method, golden.type(), 1);
    official.load(teacher, golden, "teacher_weights");
    teacher.array("centre").assign(golden.tensor("center0"));
    Map<String, INDArray> shown = new LinkedHashMap<>();
    shown.put(Network.INPUT, crops(golden, 0, DistillationLoss.GLOBALS));
    shown.put(
        SelfDistillation.TEMPERATURE,
        Nd4j.createFromArray(golden.number("teacher_temp")).castTo(golden.type()));
    golden.compare("teacher_output", teacher.graph().outputSingle(shown, SelfDistillation.SCORES));
    Answer answer = Answer.of(teacher, shown);
    golden.compare("center", answer.centre.reshape(golden.shape("center")));

    Network student = SelfDistillation.student(config, method, golden.type(), 1);
    official.load(student, golden, "student_weights");
    Map<String, INDArray> in = new LinkedHashMap<>();
    in.put(Network.INPUT, shown.get(Network.INPUT));
    in.put(SelfDistillation.ANSWER, answer.q);
    SameDiff sd = student.graph();
    INDArray said;
    if (config.loss().locals() > 0) {
      in.put(
          SelfDistillation.LOCAL_CROPS,
          crops(golden, DistillationLoss.GLOBALS, golden.size("crops")));
      Map<String, INDArray> scores =
          sd.output(in, SelfDistillation.SCORES, SelfDistillation.LOCAL_SCORES);
      said =
          Nd4j.concat(
              0, scores.get(SelfDistillation.SCORES), scores.get(SelfDistillation.LOCAL_SCORES));
    } else {
      said = sd.outputSingle(in, SelfDistillation.SCORES);
    }
    golden.compare("student_output", said);
    golden.compare("loss", sd.outputSingle(in, Network.LOSS));
    Map<String, INDArray> gradients =
        sd.calculateGradients(
            in, student.parameters().stream().map(Network.Parameter::name).toArray(String[]::new));
    official.compare(golden, "dweights", gradients);
    checkClipping(golden, official.official(golden, "dweights", gradients));
  }

  private static void checkClipping(GoldenCase golden, Map<String, INDArray> gradients) {
    GradientClipping clipping = new GradientClipping(GradientClipping.Over.EACH);
    gradients.forEach(
        (name, gradient) ->
            golden.compareNumbers("gradient_norms/" + name, clipping.norm(Map.of(name, gradient))));
    clipping.clip(gradients, golden.number("clip"));
    for (String name : golden.names("some_clipped")) {
      golden.compare("some_clipped/" + name, gradients.get(name));
    }
  }

  private static INDArray crops(GoldenCase golden, int from, int to) {
    INDArray[] crops = new INDArray[to - from];
    Arrays.setAll(crops, i -> golden.tensor("crops/" + (from + i)).permute(0, 2, 3, 1).dup('c'));
    return Nd4j.concat(0, crops);
  }

  private static SelfDistillationConfig config(GoldenCase golden) {
    int[] image = golden.integers("img_size");
    long[] global = golden.shape("crops/0");
    int crops = golden.size("crops");
    long[] local = golden.shape("crops/" + (crops - 1));
    SelfDistillationConfig.Backbone backbone =
        new SelfDistillationConfig.Backbone(
            image[0],
            image[image.length - 1],
            (int) global[1],
            golden.integer("patch_size"),
            golden.integer("embed_dim"),
            golden.integer("depth"),
            golden.integer("num_heads"),
            golden.number("mlp_ratio"),
            0);
    boolean norm = !golden.has("student_weights/head.last_layer.weight_g");
    int layers =
        (int)
            golden.names("student_weights").stream()
                .filter(name -> name.startsWith("head.mlp") && name.endsWith("weight"))
                .count();
    int outputs = golden.integer("out_dim");
    return new SelfDistillationConfig(
        backbone,
        new SelfDistillationConfig.Crops(
            (int) global[2], (int) global[3], (int) local[2], (int) local[3]),
        head(golden, layers, outputs, norm),
        new DistillationLoss(
            outputs,
            crops - DistillationLoss.GLOBALS,
            golden.number("student_temp"),
            golden.has("center_momentum") ? golden.number("center_momentum") : 0.9));
  }

  private static Official official(SelfDistillationConfig config, boolean dyt) {
    Official official =
        new Official()
            .same("backbone.cls_token", "backbone.class_token")
            .same("backbone.pos_embed", "backbone.positions")
            .patches("backbone.patch_embed.proj", "backbone.patch");
    for (int i = 0; i < config.backbone().depth(); i++) {
      String theirs = "backbone.blocks." + i;
      String ours = "backbone.block" + i;
      official
          .norm(theirs + ".norm1", ours + ".attention.norm", dyt)
          .queryKeyValue(theirs + ".attn.qkv", ours + ".attention")
          .linearWithBias(theirs + ".attn.proj", ours + ".attention.out")
          .norm(theirs + ".norm2", ours + ".ffn.norm", dyt)
          .linearWithBias(theirs + ".mlp.fc1", ours + ".ffn.fc1")
          .linearWithBias(theirs + ".mlp.fc2", ours + ".ffn.fc2");
    }
    official.norm("backbone.norm", "backbone.norm", dyt);
    map(official, config.head(), "head.", "head.");
    assertThat(config.head().outputs()).isEqualTo(config.loss().outputs());
    return official;
  }
}
