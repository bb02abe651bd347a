package org.normfree.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.PeerServer;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.exec.NativeThreads;
import org.normfree.core.task.Team;

/** The process that does a workload by the toolkit. */
public final class ToolkitPeer {
  private ToolkitPeer() {}

  /**
   * Serves a workload.
   *
   * @param args the workload's word, its array file, the number of threads, the executor
   */
  public static void main(String[] args) {
    PrintStream answers = System.out;
    System.setOut(System.err); // ND4J prints where the protocol speaks
    System.exit(PeerServer.serve(System.in, answers, "toolkit " + args[3], () -> create(args)));
  }

  private static Peer create(String[] args) throws Exception {
    int threads = Integer.parseInt(args[2]);
    // SameDiff's session has ND4J divide the work; a plan does it itself, and libraries get one
    // thread
    NativeThreads.limit(args[3].startsWith("compiled") ? 1 : threads);
    Team.size(threads);
    if (args[0].equals("roofline")) {
      return new Roofline(threads);
    }
    if (args[0].equals("exponentials")) {
      return new ScanBound(threads);
    }
    Map<String, ArrayFile.Array> arrays = ArrayFile.read(Path.of(args[1]));
    Workload workload = Workload.parse(args[0]);
    if (workload instanceof Workload.Training training) {
      return new NetworkPeer(training, arrays, args[3], threads);
    }
    if (workload instanceof Workload.Sequence sequence) {
      return new SequencePeer(sequence, arrays, args[3], threads);
    }
    return new OpPeer((Workload.Op) workload, arrays, threads);
  }
}
