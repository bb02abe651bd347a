package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.ScanTerms;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * The gradient of a selective scan: each chunk of steps is scanned again from the state before it,
 * the last chunk first. Where no states were kept, a scan before gets them.
 *
 * <p>B and C belong to all channels of an example: the thread that has the first of them writes its
 * sums where they belong, others to memory of their own, and a second phase adds those in the order
 * of the threads.
 */
final class ScanGradientTask extends ScanTask {
  /** How many sums are added at a time. */
  private static final int SUMS = 4096;

  private final Floats upstream;
  private final Floats saved;
  private final Floats du;
  private final Floats dDelta;
  private final Floats da;
  private final Floats db;
  private final Floats dc;
  private final Floats dSkip;
  private final Floats dGate;
  private final Floats dBias;
  private final double[][] totals;
  private final Floats[] ownStates;

  /** Sums of B and C of threads that begin within an example. */
  private final Floats[] ownB;

  private final Floats[] ownC;

  /**
   * @param inputs those of the scan, G, and the states if they were kept
   * @param outputs a gradient each of the scan's inputs
   */
  ScanGradientTask(
      ScanTerms terms, RowLoops loops, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    super(terms, loops, inputs, threads);
    int own = terms.inputs();
    upstream = new Floats(inputs.get(own));
    saved = inputs.size() > own + 1 ? new Floats(inputs.get(own + 1)) : null;
    du = new Floats(outputs.get(0));
    dDelta = new Floats(outputs.get(1));
    da = new Floats(outputs.get(2));
    db = new Floats(outputs.get(3));
    dc = new Floats(outputs.get(4));
    dSkip = floats(terms.skip(outputs));
    dGate = floats(terms.gate(outputs));
    dBias = floats(terms.bias(outputs));
    totals = new double[threads][];
    ownStates = new Floats[threads];
    ownB = new Floats[threads];
    ownC = new Floats[threads];
  }

  @Override
  public int phases() {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return layOut(0);
  }

  @Override
  public void place(long address) {
    layOut(address);
  }

  /**
   * Gives the threads their memory.
   *
   * @param address 0 to give none
   * @return how much it is
   */
  private long layOut(long address) {
    long place = address;
    for (int thread = 0; thread < threads; thread++) {
      if (saved == null) {
        place = layOut(ownStates, thread, place, address, chunks(), states, channels);
      }
      if (sharesItsFirst(thread)) {
        place = layOut(ownB, thread, place, address, length, states);
        place = layOut(ownC, thread, place, address, length, states);
      }
    }
    return place - address;
  }

  private static long layOut(Floats[] arrays, int thread, long place, long address, long... shape) {
    Tensor tensor = new Tensor(place, DataType.FLOAT, shape);
    if (address != 0) {
      arrays[thread] = new Floats(tensor);
    }
    return place + tensor.bytes();
  }

  /** Whether a thread before has channels of the example that this one begins with. */
  private boolean sharesItsFirst(int thread) {
    List<Part> parts = parts(thread);
    return !parts.isEmpty() && parts.get(0).first() > 0;
  }

  @Override
  public void run(int phase, int thread) {
    if (phase == 0) {
      differentiate(thread);
    } else {
      addSums(thread);
      if (thread == 0) {
        writeTotals();
      }
    }
  }

  private void differentiate(int thread) {
    totals[thread] = new double[channels * (states + 2)];
    Stage stage = new Stage();
    List<Part> parts = parts(thread);
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      stage.begin(part);
      if (saved == null) {
        scan(stage, ownStates[thread]);
      }
      boolean apart = i == 0 && part.first() > 0;
      Work work = new Work(stage, part, totals[thread]);
      for (int chunk = chunks() - 1; chunk >= 0; chunk--) {
        work.chunk(chunk, saved == null ? ownStates[thread] : saved);
        work.writeSums(work.block.dB, apart ? ownB[thread] : db, apart);
        work.writeSums(work.block.dC, apart ? ownC[thread] : dc, apart);
      }
    }
  }

  /** Gets the states before every chunk. */
  private void scan(Stage stage, Floats keep) {
    for (int chunk = 0; chunk < chunks(); chunk++) {
      stage.chunk(chunk);
      stage.forEachBlock(
          () -> {
            stage.saveStates(keep, 0);
            stage.own.scan(stage.block);
          });
    }
  }

  /** The chunks of a part. */
  private final class Work {
    private final Stage stage;
    private final ScanBlock block;
    private final Part part;
    private final double[] total;
    private final float[] gateSlope;
    private final float[] sums;

    Work(Stage stage, Part part, double[] total) {
      this.stage = stage;
      this.part = part;
      this.total = total;
      block = stage.block;
      int stride = stage.own.stride(part.count());
      int ofAGroup = CHUNK * states * block.lanes;
      block.g = stage.blockArray(5);
      block.du = stage.blockArray(6);
      block.dStep = stage.blockArray(7);
      gateSlope = stage.blockArray(8);
      block.decays = stage.array(9, ofAGroup);
      block.decayed = stage.array(10, ofAGroup);
      block.dB = stage.array(11, ofAGroup);
      block.dC = stage.array(12, ofAGroup);
      block.later = stage.array(13, stride * states);
      block.dRates = stage.array(14, stride * states);
      block.dSkip = stage.array(15, stride);
      sums = stage.array(16, Math.max(stride, CHUNK * states));
      Arrays.fill(block.later, 0, stride * states, 0);
    }

    void chunk(int chunk, Floats keep) {
      stage.chunk(chunk);
      Arrays.fill(block.dB, 0, block.steps * states * block.lanes, 0);
      Arrays.fill(block.dC, 0, block.steps * states * block.lanes, 0);
      Arrays.fill(block.dRates, 0);
      Arrays.fill(block.dSkip, 0);
      stage.forEachBlock(
          () -> {
            stage.loadStates(keep, saved == null ? 0 : part.example());
            differentiateBlock();
          });
    }

    private void differentiateBlock() {
      int n = stage.size();
      stage.read(upstream, block.g);
      if (terms.gate()) {
        stage.own.siluWithSlope(stage.z, gateSlope, n);
        PlainLoops.multiply(gateSlope, block.g, n);
        PlainLoops.multiply(block.g, stage.z, n);
      }
      stage.own.scanGradient(block);
      if (terms.gate()) {
        PlainLoops.multiply(gateSlope, block.y, n);
        stage.write(gateSlope, dGate);
      }
      if (terms.softplus()) {
        PlainLoops.multiply(block.dStep, stage.slope, n);
      }
      stage.write(block.du, du);
      stage.write(block.dStep, dDelta);
      stage.addTo(block.dRates, total);
      stage.addVectorTo(block.dSkip, block.first, total, channels * states);
      if (terms.bias()) {
        Arrays.fill(sums, 0, block.width, 0);
        stage.own.columnSums(block.dStep, block.steps, block.width, sums);
        stage.addVectorTo(sums, 0, total, channels * (states + 1));
      }
    }

    /** Writes the sums of B or C over the part's channels. */
    void writeSums(float[] ofLanes, Floats array, boolean ofThisExample) {
      stage.own.laneSums(ofLanes, block.steps * states, sums);
      stage.writeRows(sums, array, ofThisExample);
    }
  }

  private void addSums(int thread) {
    for (int other = 1; other < threads; other++) {
      if (sharesItsFirst(other)) {
        int example = parts(other).get(0).example();
        int first = Task.share(length, thread, threads);
        int count = Task.share(length, thread + 1, threads) - first;
        add(ownB[other], db, example, first * states, count * states);
        add(ownC[other], dc, example, first * states, count * states);
      }
    }
  }

  private void add(Floats from, Floats to, int example, int first, int count) {
    int before = example * length * states;
    float[] sum = new float[Math.min(count, SUMS)];
    float[] more = new float[sum.length];
    for (int i = first; i < first + count; i += sum.length) {
      int n = Math.min(sum.length, first + count - i);
      to.read(before + i, sum, 0, n);
      from.read(i, more, 0, n);
      PlainLoops.add(sum, more, n);
      to.write(before + i, sum, 0, n);
    }
  }

  private void writeTotals() {
    float[] sums = new float[totals[0].length];
    for (int i = 0; i < sums.length; i++) {
      double sum = 0;
      for (double[] total : totals) {
        sum += total[i];
      }
      sums[i] = (float) sum;
    }
    da.write(0, sums, 0, channels * states);
    if (terms.skip()) {
      dSkip.write(0, sums, channels * states, channels);
    }
    if (terms.bias()) {
      dBias.write(0, sums, channels * (states + 1), channels);
    }
  }
}
