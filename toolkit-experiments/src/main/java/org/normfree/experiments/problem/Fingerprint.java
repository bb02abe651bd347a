package org.normfree.experiments.problem;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.normfree.core.data.Images;
import org.normfree.core.data.dna.Genome;
import org.normfree.core.data.dna.LabelledDna;
import org.normfree.core.data.speech.Clip;
import org.normfree.core.data.text.SentencePair;
import org.normfree.core.data.text.Tokenizer;
import org.normfree.core.record.DataIdentity;

/**
 * A SHA-256 of a part of a data set, of everything in it that a network or an evaluation can see
 * and of nothing else: neither the names of files nor their times.
 */
final class Fingerprint {
  /** Values hashed by one thread at a time. */
  private static final int BLOCK = 1 << 20;

  private final MessageDigest digest = sha256();

  /** Pixels and labels. */
  static DataIdentity.Part of(Images images) {
    Fingerprint all = new Fingerprint();
    all.add(images.height(), images.width(), images.channels());
    all.add(images.labels());
    int blocks = (images.pixels().length + BLOCK - 1) / BLOCK;
    IntStream.range(0, blocks)
        .parallel()
        .mapToObj(block -> block(images.pixels(), block * BLOCK))
        .toList() // in the order of blocks
        .forEach(all.digest::update);
    String items =
        "images of %s×%s×%s".formatted(images.height(), images.width(), images.channels());
    return all.part(images.count(), items);
  }

  /** The names of classes, in the order of their numbers. */
  static DataIdentity.Part ofClasses(List<String> names) {
    Fingerprint all = new Fingerprint();
    names.forEach(all::add);
    return all.part(names.size(), "classes (" + String.join(", ", names) + ")");
  }

  /** Sentences and their translations. */
  static DataIdentity.Part of(List<SentencePair> pairs) {
    Fingerprint all = new Fingerprint();
    for (SentencePair pair : pairs) {
      all.add(pair.source());
      all.add(pair.target());
    }
    return all.part(pairs.size(), "sentence pairs");
  }

  /** Running text. */
  static DataIdentity.Part of(String text) {
    Fingerprint all = new Fingerprint();
    all.add(text);
    return all.part(text.length(), "characters");
  }

  /** Recordings, what is said in them and by whom. */
  static DataIdentity.Part ofSpeech(List<Clip> clips) {
    Fingerprint all = new Fingerprint();
    for (Clip clip : clips) {
      all.add(clip.speaker(), clip.take(), clip.words().size(), clip.samples().length);
      clip.words().forEach(word -> all.add(word));
      ByteBuffer bytes = ByteBuffer.allocate(clip.samples().length * Float.BYTES);
      bytes.asFloatBuffer().put(clip.samples());
      all.digest.update(bytes.array());
    }
    return all.part(clips.size(), "recordings");
  }

  /** A part of a genome. */
  static DataIdentity.Part of(Genome genome) {
    Fingerprint all = new Fingerprint();
    genome.sequences().forEach(all::add);
    return all.part(genome.length(), "bases");
  }

  /** Labelled sequences of DNA. */
  static DataIdentity.Part of(LabelledDna labelled) {
    Fingerprint all = new Fingerprint();
    all.add(labelled.labels());
    labelled.sequences().forEach(all::add);
    return all.part(labelled.count(), "sequences of DNA");
  }

  /** What turns text into numbers. */
  static DataIdentity.Part of(Tokenizer tokenizer) {
    Fingerprint all = new Fingerprint();
    all.digest.update(tokenizer.toJson());
    return all.part(tokenizer.size(), "tokens");
  }

  private DataIdentity.Part part(long count, String items) {
    return new DataIdentity.Part(count, items, HexFormat.of().formatHex(digest.digest()));
  }

  /** The digest of a block; most images are bytes divided by 255 and are hashed as bytes. */
  private static byte[] block(float[] values, int from) {
    int to = Math.min(values.length, from + BLOCK);
    byte[] levels = new byte[to - from];
    for (int i = from; i < to; i++) {
      int level = Math.round(values[i] * 255);
      if (level < 0 || level > 255 || level / 255f != values[i]) {
        ByteBuffer bytes = ByteBuffer.allocate((to - from) * Float.BYTES);
        bytes.asFloatBuffer().put(values, from, to - from);
        return sha256().digest(bytes.array());
      }
      levels[i - from] = (byte) level;
    }
    return sha256().digest(levels);
  }

  private void add(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    digest.update(bytes.array());
  }

  private void add(byte[] sequence) {
    add(sequence.length);
    digest.update(sequence);
  }

  /** With its length, so that no two lists of texts look alike. */
  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
