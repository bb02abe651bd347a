package org.normfree.libtorch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Peer;
import org.normfree.benchmarks.peer.PeerServer;
import org.normfree.benchmarks.peer.Workload;

/** The process that does a workload by libtorch. */
public final class LibTorchPeer {
  private LibTorchPeer() {}

  /**
   * Serves a workload.
   *
   * @param args the workload's word, its array file, the number of threads
   */
  public static void main(String[] args) {
    PrintStream answers = System.out;
    System.setOut(System.err); // libraries print where the protocol speaks
    System.exit(PeerServer.serve(System.in, answers, "libtorch", () -> create(args)));
  }

  private static Peer create(String[] args) throws Exception {
    Engine engine = Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(Integer.parseInt(args[2]));
    System.err.printf(
        "libtorch %s, %s, %s threads%n",
        engine.getVersion(), JniUtils.getFeatures(), JniUtils.getNumThreads());
    Map<String, ArrayFile.Array> arrays = ArrayFile.read(Path.of(args[1]));
    Workload workload = Workload.parse(args[0]);
    if (workload instanceof Workload.Training training) {
      return new TorchNetwork(training, arrays);
    }
    if (workload instanceof Workload.Sequence sequence) {
      return new TorchSequence(sequence, arrays);
    }
    return new TorchOp((Workload.Op) workload, arrays);
  }
}
