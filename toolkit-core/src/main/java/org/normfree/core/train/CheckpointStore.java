package org.normfree.core.train;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.record.Folders;
import org.normfree.core.record.Json;

/**
 * The checkpoints of one run: a folder each, {@code step-00000120}, and {@code final} at the end.
 *
 * <pre>
 * model.safetensors       parameters and states, by their names in the graph; those of another
 *                         network of the run as &lt;network&gt;/&lt;name&gt;
 * optimizer.safetensors   optimizer state; what a follower keeps as follower/&lt;follower&gt;/&lt;name&gt;,
 *                         averaged weights for example as follower/ema/&lt;parameter&gt;
 * state.json              progress, configuration, size and SHA-256 of the other two
 * </pre>
 *
 * <p>A checkpoint is written into a folder of another name, forced to the disk, and renamed at the
 * end, so whenever the process is killed the newest folder is whole. The two newest are kept;
 * {@code final} replaces them all. The bytes depend on the run's configuration and step alone.
 *
 * <p>Only what this configuration provably wrote is ever removed: its own checkpoints, and what is
 * left of half-written ones. Everything else in the folder stays as it is.
 */
public final class CheckpointStore {
  private static final int FORMAT = 2;
  private static final int KEPT = 2;
  private static final String FINAL = "final";
  private static final String PARTIAL = ".partial";
  private static final String STEP = "step-";
  private static final Pattern STEPS = Pattern.compile(STEP + "\\d{8,18}");
  private static final String MODEL = "model.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String STATE = "state.json";
  private static final String FOLLOWER = "follower/";

  private final Path directory;
  private final String config;
  private final UnaryOperator<OutputStream> disk;

  /** The file state.json. */
  @JsonPropertyOrder({"format", "config", "progress", "files"})
  private record Manifest(
      int format, String config, Progress progress, Map<String, Content> files) {}

  /** The part of state.json that every format has. */
  private record Format(int format, String config) {}

  /** What a file must hold. */
  @JsonPropertyOrder({"bytes", "sha256"})
  private record Content(long bytes, String sha256) {}

  /**
   * @param directory the folder of the run's checkpoints; made when the first is written
   * @param config identifies the run's configuration, for example a hash of it
   */
  public CheckpointStore(Path directory, String config) {
    this(directory, config, UnaryOperator.identity());
  }

  /**
   * @param disk wraps every file's stream
   */
  CheckpointStore(Path directory, String config, UnaryOperator<OutputStream> disk) {
    this.directory = directory;
    this.config = config;
    this.disk = disk;
  }

  /**
   * Writes a checkpoint and removes all but the two newest. One of the same step that is there
   * already is left as it is; if it is damaged it is written anew.
   *
   * @param checkpoint what to write
   * @throws InputException if the folder holds checkpoints of another configuration, or a damaged
   *     one of the same name that could be one; or if the disk does not take it. Earlier
   *     checkpoints are untouched
   */
  public void write(Checkpoint checkpoint) {
    write(checkpoint, name(checkpoint.progress().step()));
    List<String> names = own();
    remove(names.subList(0, Math.max(0, names.size() - KEPT)));
  }

  /**
   * Writes the run's last checkpoint and removes the others.
   *
   * @param checkpoint what to write
   * @throws InputException as {@link #write(Checkpoint)}
   */
  public void writeFinal(Checkpoint checkpoint) {
    write(checkpoint, FINAL);
    List<String> names = own();
    remove(names.subList(0, Math.max(0, names.size() - 1)));
  }

  /**
   * @return the newest checkpoint; empty if there is none yet
   * @throws InputException if it is damaged or belongs to another configuration
   */
  public Optional<Checkpoint> latest() {
    List<String> names = names();
    if (names.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(read(names.get(names.size() - 1)));
  }

  private void write(Checkpoint checkpoint, String name) {
    Path target = directory.resolve(name);
    Path partial = directory.resolve(name + PARTIAL);
    refuseOthers();
    boolean begun = false;
    try {
      Folders.create(directory);
      removePartial();
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        if (isWhole(name)) {
          return;
        }
        remove(List.of(name));
      }
      Files.createDirectory(partial);
      begun = true;
      Map<String, Content> files = new LinkedHashMap<>();
      files.put(MODEL, writeArrays(partial.resolve(MODEL), checkpoint.model()));
      Map<String, INDArray> optimizer = new LinkedHashMap<>(checkpoint.optimizer());
      checkpoint.followers().forEach((key, array) -> optimizer.put(FOLLOWER + key, array));
      files.put(OPTIMIZER, writeArrays(partial.resolve(OPTIMIZER), optimizer));
      byte[] manifest = Json.pretty(new Manifest(FORMAT, config, checkpoint.progress(), files));
      try (OutputStream out = open(partial.resolve(STATE))) {
        out.write(manifest);
      }
      force(partial.resolve(STATE));
      Folders.force(partial);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      Folders.force(directory);
    } catch (IOException e) {
      try {
        if (begun) {
          Folders.delete(partial);
        }
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw new InputException(
          "cannot write the checkpoint %s (%s); see that the disk has space and is writable, then run the same command again, which goes on from %s"
              .formatted(
                  target,
                  reason(e),
                  names().isEmpty() ? "the start" : directory.resolve(newest(names()))),
          e);
    }
  }

  private Content writeArrays(Path file, Map<String, INDArray> arrays) throws IOException {
    MessageDigest digest = sha256();
    try (OutputStream out = new DigestOutputStream(open(file), digest)) {
      Safetensors.write(out, arrays);
    }
    force(file);
    return new Content(Files.size(file), HexFormat.of().formatHex(digest.digest()));
  }

  private OutputStream open(Path file) throws IOException {
    return disk.apply(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
  }

  /**
   * Whether a checkpoint of this configuration can be read.
   *
   * @throws InputException if it is not known to be of this configuration
   */
  private boolean isWhole(String name) {
    Manifest manifest = manifest(name);
    try {
      read(name, manifest);
      return true;
    } catch (InputException e) {
      return false;
    }
  }

  private Checkpoint read(String name) {
    return read(name, manifest(name));
  }

  private void refuseOthers() {
    for (String name : names()) {
      owner(name)
          .filter(owner -> !owner.equals(config))
          .ifPresent(
              owner -> {
                throw other(name);
              });
    }
  }

  /** Names of the checkpoints that this configuration wrote here, oldest first. */
  private List<String> own() {
    return names().stream()
        .filter(name -> !Files.isSymbolicLink(directory.resolve(name)))
        .filter(name -> owner(name).filter(config::equals).isPresent())
        .toList();
  }

  /** The configuration that wrote a checkpoint; empty if that cannot be read. */
  private Optional<String> owner(String name) {
    try {
      return Optional.ofNullable(state(name, Format.class).config());
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  /** The state of a checkpoint of this configuration. */
  private Manifest manifest(String name) {
    Path folder = directory.resolve(name);
    Format format = state(name, Format.class);
    if (format.format() > 0 && format.format() != FORMAT) {
      throw new InputException(
          "the checkpoint %s has format %s, this version reads and writes format %s; go on with the version that wrote it, or start the run anew in another directory"
              .formatted(folder, format.format(), FORMAT));
    }
    Manifest manifest = state(name, Manifest.class);
    if (manifest.format() != FORMAT || manifest.progress() == null || manifest.files() == null) {
      throw damaged(name, folder.resolve(STATE) + " is not a state of format " + FORMAT, null);
    }
    if (!config.equals(manifest.config())) {
      throw other(name);
    }
    return manifest;
  }

  private InputException other(String name) {
    return new InputException(
        "the checkpoint %s was written with another configuration; run with that configuration again or choose another directory"
            .formatted(directory.resolve(name)));
  }

  private Checkpoint read(String name, Manifest manifest) {
    Map<String, INDArray> model = readArrays(name, MODEL, manifest);
    Map<String, INDArray> optimizer = readArrays(name, OPTIMIZER, manifest);
    Map<String, INDArray> followers = new LinkedHashMap<>();
    for (String key : List.copyOf(optimizer.keySet())) {
      if (key.startsWith(FOLLOWER)) {
        followers.put(key.substring(FOLLOWER.length()), optimizer.remove(key));
      }
    }
    return new Checkpoint(manifest.progress(), model, optimizer, followers);
  }

  private <T> T state(String name, Class<T> type) {
    try {
      return Json.read(directory.resolve(name).resolve(STATE), type);
    } catch (InputException e) {
      throw damaged(name, e.getMessage(), e);
    }
  }

  private Map<String, INDArray> readArrays(String name, String fileName, Manifest manifest) {
    Path file = directory.resolve(name).resolve(fileName);
    Content expected = manifest.files().get(fileName);
    try {
      if (expected == null || Files.size(file) != expected.bytes()) {
        throw damaged(
            name,
            "%s has %s bytes, expected %s"
                .formatted(file, Files.size(file), expected == null ? "none" : expected.bytes()),
            null);
      }
      MessageDigest digest = sha256();
      try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(expected.sha256())) {
        throw damaged(
            name, "%s has SHA-256 %s, expected %s".formatted(file, found, expected.sha256()), null);
      }
      return Safetensors.read(file);
    } catch (IOException e) {
      throw damaged(name, "%s cannot be read: %s".formatted(file, reason(e)), e);
    }
  }

  private InputException damaged(String name, String what, Exception cause) {
    List<String> names = names();
    int index = names.indexOf(name);
    String previous =
        index > 0 ? "resume from " + names.get(index - 1) : "start the run from its beginning";
    return new InputException(
        "the checkpoint %s is damaged: %s; delete that folder and run again to %s"
            .formatted(directory.resolve(name), what, previous),
        cause);
  }

  /** Names of the checkpoints, oldest first. */
  private List<String> names() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .filter(CheckpointStore::isName)
          .sorted(
              (a, b) ->
                  a.equals(FINAL) || b.equals(FINAL)
                      ? Boolean.compare(a.equals(FINAL), b.equals(FINAL))
                      : Long.compare(step(a), step(b)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not names that only look like it: a copy, a number with more zeros. */
  private static boolean isName(String name) {
    return name.equals(FINAL) || (STEPS.matcher(name).matches() && name.equals(name(step(name))));
  }

  private static String name(long step) {
    return String.format(Locale.ROOT, STEP + "%08d", step);
  }

  private static long step(String name) {
    return Long.parseLong(name.substring(STEP.length()));
  }

  private static String newest(List<String> names) {
    return names.get(names.size() - 1);
  }

  private void remove(List<String> names) {
    try {
      for (String name : names) {
        // renamed first: half a folder must not look like a checkpoint
        Path partial = directory.resolve(name + PARTIAL);
        Files.move(directory.resolve(name), partial, StandardCopyOption.ATOMIC_MOVE);
        Folders.delete(partial);
      }
    } catch (IOException e) {
      throw new InputException(
          "cannot remove old checkpoints in %s (%s); make the folder writable and run again"
              .formatted(directory, reason(e)),
          e);
    }
  }

  /** Removes what killed processes left of checkpoints they were writing or removing. */
  private void removePartial() throws IOException {
    List<Path> left;
    try (Stream<Path> entries = Files.list(directory)) {
      left = entries.filter(CheckpointStore::isPartial).toList();
    }
    for (Path path : left) {
      Folders.delete(path);
    }
  }

  private static boolean isPartial(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(PARTIAL)
        && isName(name.substring(0, name.length() - PARTIAL.length()))
        && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static String reason(IOException e) {
    return e.getClass() == IOException.class && e.getMessage() != null
        ? e.getMessage()
        : e.toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
