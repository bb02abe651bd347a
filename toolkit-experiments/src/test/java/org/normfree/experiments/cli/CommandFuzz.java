package org.normfree.experiments.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.normfree.core.record.Folders;
import org.normfree.experiments.ErrorStream;
import org.normfree.experiments.FileTree;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.config.Key;

/**
 * Random command lines: commands, options, keys and values that are right, wrong, foreign, long or
 * empty, on files, folders and links of every kind. Each must exit with 0 or 2, say at most one
 * line on the error stream and no stack trace, and leave the disk as it was where it is refused.
 */
public final class CommandFuzz {
  /** Behind all others, so that whatever is accepted is small. */
  private static final List<String> SMALL =
      List.of(
          "model=vit",
          "width=8",
          "heads=1",
          "depth=1",
          "batch=8",
          "warmup=0",
          "steps=1",
          "epochs=1",
          "seeds=1",
          "jobs=1");

  private static final List<String> COMMANDS =
      List.of(
          "run",
          "run",
          "run",
          "run",
          "run",
          "list",
          "figures",
          "status",
          "compare",
          "document",
          "reproduce",
          "paper",
          "help",
          "rum",
          "",
          "--version",
          "RUN",
          "-x",
          "bench");

  private static final List<String> WORDS =
      List.of(
          "",
          " ",
          "0",
          "-0",
          "1",
          "-1",
          "2",
          "3.5",
          "1e9",
          "1e-9",
          "1e308",
          "1e999",
          "-1e5",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "99999999999999999999",
          "NaN",
          "Infinity",
          "0x10",
          "1d",
          "1_000",
          "1,2",
          "1,,2",
          ",",
          "1,1",
          "true",
          "TRUE",
          "yes",
          "none",
          "all",
          "vit",
          "dyt",
          "dytt",
          "folder",
          "cifar10",
          "mnist",
          "bf16",
          "stock",
          "\u0661\u0662",
          "\u00e4",
          "\ud83d\ude00",
          "\u202eabc",
          "e\u0301",
          "\u0000",
          "a\nb",
          "a\tb",
          "\u001b[31m",
          "%s%n",
          "${x}",
          "$(x)",
          "'",
          "\"",
          "\\",
          "*",
          "~",
          "~x",
          "--",
          "-h",
          "--help",
          "=",
          "a=b",
          "@file",
          "\ufeff1",
          "\u00a01",
          "1 ",
          " 1");

  private final Path world;
  private final SplittableRandom random;
  private final List<Experiment> experiments = Experiments.installed().all();
  private int accepted;

  /**
   * @param world an empty folder
   * @param seed of what is tried
   */
  CommandFuzz(Path world, long seed) {
    this.world = world;
    random = new SplittableRandom(seed);
  }

  /** What lies about: data, a finished run, settings, links of all kinds, odd names. */
  void furnish() throws IOException {
    for (String name : List.of("cat", "gr\u00fcn", "\u0639\u0631\u0628\u064a")) {
      Path images = Files.createDirectories(world.resolve("pictures/" + spelled(name)));
      for (int i = 0; i < 4; i++) {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        image.setRGB(i, i, 0xFF8040);
        ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
      }
    }
    Files.writeString(world.resolve("settings.json"), "{\"lr\": 0.01}");
    Files.writeString(world.resolve("bad.json"), "{\"lr\": [0.01]} and");
    Files.writeString(world.resolve("deep.json"), "[".repeat(5000));
    Files.writeString(world.resolve("notes.md"), "<!-- recorded: claims -->\n");
    Files.writeString(world.resolve("empty"), "");
    Files.createDirectories(world.resolve("folder/deeper"));
    Files.writeString(world.resolve("folder/.gitkeep"), "");
    Files.writeString(world.resolve("folder/deeper/kept"), "the user's");
    Files.createDirectories(world.resolve("void"));
    Files.createDirectories(world.resolve(spelled("with space \ud83d\ude00")));
    Files.createSymbolicLink(world.resolve("link"), world.resolve("void"));
    Files.createSymbolicLink(world.resolve("dangling"), world.resolve("nowhere"));
    Files.createSymbolicLink(world.resolve("loop"), world.resolve("loop"));
    Files.createSymbolicLink(world.resolve("linked.json"), world.resolve("settings.json"));
    Path locked = Files.createDirectories(world.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    Path sealed = Files.writeString(world.resolve("sealed.json"), "{}");
    Files.setPosixFilePermissions(sealed, PosixFilePermissions.fromString("---------"));
    List<String> words = new ArrayList<>(List.of("run", "train"));
    words.addAll(SMALL);
    words.addAll(List.of("--out", world.resolve("runs/train").toString()));
    ToolkitRunner.run(words);
  }

  /** A name in letters that the system's locale has. */
  private static String spelled(String name) {
    Charset names = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    return names.newEncoder().canEncode(name) ? name : name.replaceAll("[^ -~]", "_");
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private String path() {
    String name =
        any(
            List.of(
                "pictures",
                "settings.json",
                "bad.json",
                "deep.json",
                "notes.md",
                "empty",
                "folder",
                "folder/deeper",
                "void",
                "with space \ud83d\ude00",
                "link",
                "dangling",
                "dangling/x",
                "loop",
                "loop/x",
                "linked.json",
                "locked",
                "locked/x",
                "sealed.json",
                "runs",
                "runs/train",
                "runs/train/config.json",
                "new",
                "new/a/b",
                "empty/x",
                ".",
                "void/../new",
                "x".repeat(300),
                "n/".repeat(200) + "x",
                "new \u202e\u0661"));
    return oneIn(12) ? any(List.of("/dev/null", "/dev/full", "/proc/none/x")) : world + "/" + name;
  }

  private String value() {
    if (oneIn(4)) {
      return path();
    }
    if (oneIn(6)) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(oneIn(9) ? 5000 : 12); i >= 0; i--) {
        text.appendCodePoint(random.nextInt(oneIn(3) ? 0x2FFFF : 0x7F));
      }
      return text.toString();
    }
    return any(WORDS);
  }

  private String name(Experiment experiment) {
    if (oneIn(12)) {
      return value();
    }
    String name = any(experiment.keys()).name();
    return oneIn(8) ? name.substring(0, name.length() - 1) : name;
  }

  private List<String> command() {
    List<String> words = new ArrayList<>();
    String command = any(COMMANDS);
    words.add(command);
    switch (command) {
      case "run" -> run(words);
      case "figures" -> words.addAll(List.of("--runs=" + path(), "--out=" + path()));
      case "status", "reproduce" -> words.add(path());
      case "compare" -> words.addAll(List.of(path(), path(), "--out=" + path()));
      case "document" -> words.addAll(List.of("--runs=" + path(), path()));
      case "paper" -> words.addAll(List.of("--out=" + path(), "--preset=none such " + value()));
      default -> {}
    }
    while (oneIn(3)) {
      words.add(random.nextInt(words.size()), value());
    }
    return words;
  }

  private void run(List<String> words) {
    Experiment experiment = oneIn(3) ? any(experiments) : Experiments.installed().named("train");
    words.add(oneIn(20) ? value() : experiment.name());
    for (int i = random.nextInt(4); i > 0; i--) {
      Key<?> key = any(experiment.keys());
      String value = !key.names().isEmpty() && oneIn(2) ? any(key.names()) : value();
      words.add((oneIn(2) ? key.name() : name(experiment)) + (oneIn(20) ? "" : "=") + value);
    }
    if (oneIn(6)) {
      words.addAll(List.of("--config", path()));
    }
    if (oneIn(10)) {
      words.add("--help");
    }
    if (experiment.name().equals("train")) {
      words.addAll(SMALL);
      words.addAll(List.of("--out=" + path()));
    } else {
      // whole studies are not for a test
      words.addAll(List.of("--out=" + path(), "no such key=1"));
    }
  }

  /**
   * Tries some commands.
   *
   * @return what was wrong, with the command
   */
  List<String> tries(int count) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> words = command();
      Map<String, String> before = tree();
      ErrorStream notes = new ErrorStream();
      AtomicReference<ToolkitRunner.Output> done = new AtomicReference<>();
      try {
        notes.during(() -> done.set(ToolkitRunner.run(words)));
      } catch (RuntimeException | Error e) {
        wrong.add("try %s: %s threw %s".formatted(i, words, e));
        continue;
      }
      ToolkitRunner.Output output = done.get();
      Map<String, String> after = tree();
      accepted += output.exitCode() == 0 ? 1 : 0;
      String why = complaint(output, notes.text(), before.equals(after));
      if (!why.isEmpty()) {
        wrong.add("try %s: %s: %s: %s %s".formatted(i, words, why, output, notes.text()));
      }
      if (!before.equals(after)) {
        clear();
        furnish();
      }
    }
    return wrong;
  }

  /** How many commands were carried out so far. */
  int accepted() {
    return accepted;
  }

  private static String complaint(ToolkitRunner.Output output, String notes, boolean same) {
    if (output.exitCode() != 0 && output.exitCode() != 2) {
      return "exit code " + output.exitCode();
    }
    if (output.err().strip().lines().count() > 1) {
      return "more than a line";
    }
    if (output.err().contains("\tat ") || output.err().contains("Exception")) {
      return "an exception";
    }
    if (output.exitCode() == 2 && !notes.isBlank()) {
      return "more than the refusal";
    }
    return output.exitCode() == 2 && !same ? "refused, and the disk is another" : "";
  }

  private Map<String, String> tree() throws IOException {
    return FileTree.of(world);
  }

  private void clear() throws IOException {
    Files.setPosixFilePermissions(
        world.resolve("locked"), PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var entries = Files.list(world)) {
      for (Path entry : entries.toList()) {
        if (Files.isDirectory(entry) && !Files.isSymbolicLink(entry)) {
          Folders.delete(entry);
        } else {
          Files.delete(entry);
        }
      }
    }
  }

  /**
   * Tries more than the build does.
   *
   * @param args how many, and the seed; 500 and 1 where they are left out
   */
  public static void main(String[] args) throws IOException {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 500;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    Path world = Files.createTempDirectory("toolkit-fuzz-");
    CommandFuzz fuzz = new CommandFuzz(world, seed);
    fuzz.furnish();
    List<String> wrong = fuzz.tries(count);
    wrong.forEach(System.out::println);
    System.out.printf(
        "%s tries with seed %s: %s carried out, %s wrong%n",
        count, seed, fuzz.accepted(), wrong.size());
    fuzz.clear();
    Files.delete(world);
    System.exit(wrong.isEmpty() ? 0 : 1);
  }
}
