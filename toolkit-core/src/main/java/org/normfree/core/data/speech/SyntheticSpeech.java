package org.normfree.core.data.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

/**
 * Speech-like sounds made by rules, without any recording: 10 made-up words, 6 made-up speakers, 10
 * takes of each word by each. Whoever reports a number measured on them should say so.
 *
 * <ul>
 *   <li>A word is a row of four sounds, one for each of its letters, {@code x} being "sh".
 *   <li>A vowel, nasal or {@code l} is a train of pulses through a low-pass and three resonators in
 *       a row. The pitch falls by a fifth over a word, period and height of each pulse vary by 1 %
 *       and 5 %.
 *   <li>A fricative is noise through one resonator; a plosive is silence, then a burst of such
 *       noise.
 *   <li>A speaker has a pitch (90 to 230 Hz), a factor on all resonators' frequencies (0.87 to
 *       1.15), a pace and a breath: noise mixed into the pulses.
 *   <li>A take varies pitch by 5 %, resonators by 3 %, the length of every sound by a quarter and
 *       loudness by a half; behind all lies noise of a thousandth of full scale.
 *   <li>Frequencies and loudness approach those of a sound with a time constant of 12 ms, so that
 *       neighbours colour each other.
 * </ul>
 *
 * <p>The table of resonators is this toolkit's own choice in the range of human voices, not a
 * measurement of them. The same rate gives the same samples everywhere.
 */
public final class SyntheticSpeech {
  /** The words. */
  public static final List<String> WORDS =
      List.of("sami", "tolu", "neka", "pufo", "xile", "kuma", "fesi", "lona", "muti", "paxo");

  private static final int SPEAKERS = 6;
  private static final int TAKES = 10;
  private static final long SEED = 13;
  private static final int LEAST_RATE = 4000;

  /** Samples for which resonators stay as they are. */
  private static final int BLOCK = 16;

  private static final double APPROACH = 0.012;

  /**
   * A sound.
   *
   * @param seconds its length
   * @param closed of these in silence, at its start
   * @param voice height of the pulses
   * @param noise height of the noise
   * @param band frequency of the noise's resonator, in Hz
   * @param formants frequencies of the three resonators of the pulses, in Hz
   */
  private record Phone(
      double seconds, double closed, double voice, double noise, double band, double... formants) {}

  private static final Map<Character, Phone> PHONES =
      Map.ofEntries(
          Map.entry('a', vowel(750, 1250, 2500)),
          Map.entry('e', vowel(500, 1800, 2500)),
          Map.entry('i', vowel(290, 2200, 2850)),
          Map.entry('o', vowel(480, 900, 2400)),
          Map.entry('u', vowel(320, 780, 2250)),
          Map.entry('l', new Phone(0.07, 0, 0.6, 0, 1000, 360, 1150, 2700)),
          Map.entry('m', new Phone(0.08, 0, 0.5, 0, 1000, 260, 1000, 2200)),
          Map.entry('n', new Phone(0.08, 0, 0.5, 0, 1000, 270, 1500, 2500)),
          Map.entry('s', new Phone(0.12, 0, 0, 0.25, 3400, 400, 1500, 2500)),
          Map.entry('x', new Phone(0.12, 0, 0, 0.3, 2300, 400, 1500, 2500)),
          Map.entry('f', new Phone(0.11, 0, 0, 0.12, 1500, 400, 1100, 2400)),
          Map.entry('p', new Phone(0.08, 0.06, 0, 0.35, 900, 400, 900, 2200)),
          Map.entry('t', new Phone(0.08, 0.06, 0, 0.45, 3200, 400, 1700, 2600)),
          Map.entry('k', new Phone(0.09, 0.06, 0, 0.45, 1900, 400, 1900, 2300)));

  private static final double[] WIDTHS = {70, 110, 170};

  private static Phone vowel(double... formants) {
    return new Phone(0.14, 0, 1, 0, 1000, formants);
  }

  /**
   * Who speaks, in one take.
   *
   * @param pitch in Hz at the start
   * @param tract factor on the resonators' frequencies
   * @param pace factor on lengths
   * @param breath noise in the pulses
   * @param loudness largest sample
   */
  private record Voice(double pitch, double tract, double pace, double breath, double loudness) {
    static Voice of(int speaker, int take) {
      double place = (speaker + 0.5) / SPEAKERS;
      Rng own = Rng.of(SEED, "speaker", speaker);
      Rng now = Rng.of(SEED, "take of speaker " + speaker, take);
      // low voices have long tracts, but not all as low a one
      double pitch = 90 + 140 * place + 16 * (own.uniform() - 0.5);
      double tract = 0.88 + 0.26 * place + 0.04 * (own.uniform() - 0.5);
      return new Voice(
          pitch * (1 + 0.05 * (2 * now.uniform() - 1)),
          tract * (1 + 0.03 * (2 * now.uniform() - 1)),
          0.85 + 0.3 * own.uniform(),
          0.02 + 0.1 * own.uniform(),
          0.3 + 0.5 * now.uniform());
    }
  }

  private SyntheticSpeech() {}

  /**
   * Refuses a rate at which formants cannot be told.
   *
   * @param rate samples a second, at least 4000
   * @throws InputException if it is lower
   */
  public static void requireRate(int rate) {
    if (rate < LEAST_RATE) {
      throw new InputException(
          "data.rate=%s, expected at least %s samples a second for synthetic speech"
              .formatted(rate, LEAST_RATE));
    }
  }

  /**
   * All words by all speakers in all takes.
   *
   * @param rate samples a second, at least 4000
   * @throws InputException if the rate is lower
   */
  public static SpeechCorpus corpus(int rate) {
    requireRate(rate);
    List<Clip> clips = new ArrayList<>();
    List<String> speakers = new ArrayList<>();
    for (int speaker = 0; speaker < SPEAKERS; speaker++) {
      speakers.add("voice" + speaker);
      for (int word = 0; word < WORDS.size(); word++) {
        for (int take = 0; take < TAKES; take++) {
          Rng rng = Rng.of(SEED, WORDS.get(word) + " by " + speaker, take);
          // a voice of its own in every recording
          Voice voice = Voice.of(speaker, word * TAKES + take);
          clips.add(new Clip(say(WORDS.get(word), voice, rate, rng), List.of(word), speaker, take));
        }
      }
    }
    return SpeechCorpus.of("synthetic speech", rate, WORDS, speakers, clips);
  }

  private static float[] say(String word, Voice voice, int rate, Rng rng) {
    List<Phone> phones = word.chars().mapToObj(c -> PHONES.get((char) c)).toList();
    int[] ends = new int[phones.size()];
    int[] opens = new int[phones.size()];
    int length = 0;
    for (int i = 0; i < ends.length; i++) {
      double factor = voice.pace * (1 + 0.25 * (2 * rng.uniform() - 1)) * rate;
      opens[i] = length + (int) (factor * phones.get(i).closed);
      length += (int) (factor * phones.get(i).seconds);
      ends[i] = length;
    }
    Source source = new Source(voice, rate, length, rng);
    Resonator[] formants = {new Resonator(rate), new Resonator(rate), new Resonator(rate)};
    Resonator hiss = new Resonator(rate);
    double[] now = phones.get(0).formants.clone();
    double band = phones.get(0).band;
    double voiced = 0;
    double noisy = 0;
    double step = 1 - StrictMath.exp(-1 / (APPROACH * rate));
    double[] samples = new double[length];
    int phone = 0;
    for (int i = 0; i < length; i++) {
      phone += i >= ends[phone] ? 1 : 0;
      Phone wanted = phones.get(phone);
      boolean open = i >= opens[phone];
      // the end of a word fades
      boolean ending = i > length - (int) (2 * APPROACH * rate);
      voiced += step * ((open && !ending ? wanted.voice : 0) - voiced);
      noisy += (wanted.closed > 0 ? 6 : 1) * step * ((open && !ending ? wanted.noise : 0) - noisy);
      band += step * (wanted.band - band);
      for (int f = 0; f < now.length; f++) {
        now[f] += step * (wanted.formants[f] - now[f]);
      }
      if (i % BLOCK == 0) {
        for (int f = 0; f < now.length; f++) {
          formants[f].tune(voice.tract * now[f], WIDTHS[f]);
        }
        hiss.tune(voice.tract * band, 0.35 * band);
      }
      double sound = voiced * source.next(i);
      for (Resonator formant : formants) {
        sound = formant.next(sound);
      }
      samples[i] = sound + hiss.next(noisy * rng.gaussian());
    }
    return scaled(samples, voice.loudness, rng);
  }

  private static float[] scaled(double[] samples, double loudness, Rng rng) {
    double largest = 0;
    for (double sample : samples) {
      largest = Math.max(largest, Math.abs(sample));
    }
    float[] scaled = new float[samples.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (loudness * samples[i] / largest + 0.001 * rng.gaussian());
    }
    return scaled;
  }

  /** Pulses through a low-pass, with some breath. */
  private static final class Source {
    private final Voice voice;
    private final int rate;
    private final int length;
    private final Rng rng;
    private double phase;
    private double jitter = 1;
    private double smooth;

    Source(Voice voice, int rate, int length, Rng rng) {
      this.voice = voice;
      this.rate = rate;
      this.length = length;
      this.rng = rng;
    }

    double next(int i) {
      double pitch = voice.pitch * (1 - 0.2 * i / length) * jitter;
      phase += pitch / rate;
      double pulse = 0;
      if (phase >= 1) {
        phase -= 1;
        jitter = 1 + 0.01 * rng.gaussian();
        pulse = (1 + 0.05 * rng.gaussian()) * rate / pitch / 10;
      }
      double pole = StrictMath.exp(-2 * StrictMath.PI * 300 / rate);
      smooth = pole * smooth + (1 - pole) * (pulse + voice.breath * rng.gaussian());
      return smooth;
    }
  }

  /** Two poles: {@code y = a·x + b·y₋₁ + c·y₋₂}, of gain 1 at 0 Hz. */
  private static final class Resonator {
    private final int rate;
    private double a;
    private double b;
    private double c;
    private double last;
    private double before;

    Resonator(int rate) {
      this.rate = rate;
    }

    /** At most at nine tenths of the band. */
    void tune(double frequency, double width) {
      double place = Math.min(frequency, 0.45 * rate);
      c = -StrictMath.exp(-2 * StrictMath.PI * width / rate);
      b =
          2
              * StrictMath.exp(-StrictMath.PI * width / rate)
              * StrictMath.cos(2 * StrictMath.PI * place / rate);
      a = 1 - b - c;
    }

    double next(double x) {
      double y = a * x + b * last + c * before;
      before = last;
      last = y;
      return y;
    }
  }
}
