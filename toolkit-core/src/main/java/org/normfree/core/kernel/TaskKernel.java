package org.normfree.core.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.task.Natives;
import org.normfree.core.task.ScratchMemory;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/**
 * A kernel that computes what it prepares: where SameDiff's session runs an op, the task for it is
 * prepared, kept for the calling thread in case the same arrays come again, and run by the thread's
 * team.
 */
abstract class TaskKernel implements Kernel {
  private static final int KEPT = 2048;

  private final ThreadLocal<Kept> kept = ThreadLocal.withInitial(Kept::new);

  /** What a thread has prepared. */
  private static final class Kept {
    private final ScratchMemory scratch = new ScratchMemory();
    private final Map<Call, Optional<Placed>> tasks =
        new LinkedHashMap<>(KEPT, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Call, Optional<Placed>> eldest) {
            return size() > KEPT;
          }
        };
  }

  /** A task, and where its scratch memory lay when it ran last. */
  private static final class Placed {
    private final Task task;
    private long scratch;

    Placed(Task task) {
      this.task = task;
    }
  }

  /** An op with its attributes and arrays. */
  private record Call(
      String op, List<Object> attributes, List<Tensor> inputs, List<Tensor> outputs, int threads) {}

  @Override
  public final boolean compute(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs) {
    if (!inputs.stream().allMatch(TaskKernel::suits)
        || !outputs.stream().allMatch(TaskKernel::suits)) {
      return false;
    }
    List<Object> attributes = new ArrayList<>();
    attributes.addAll(Arrays.stream(op.iArgs()).boxed().toList());
    attributes.addAll(Arrays.stream(op.tArgs()).boxed().toList());
    for (boolean b : op.bArgs()) {
      attributes.add(b);
    }
    Team team = Team.ofThisThread();
    List<Tensor> in = inputs.stream().map(Tensor::of).toList();
    List<Tensor> out = outputs.stream().map(Tensor::of).toList();
    Call call = new Call(op.opName(), attributes, in, out, team.threads());
    Kept mine = kept.get();
    Optional<Placed> placed =
        mine.tasks.computeIfAbsent(
            call, c -> Natives.apart(() -> prepare(op, in, out, team.threads())).map(Placed::new));
    placed.ifPresent(
        p -> {
          p.scratch = mine.scratch.place(p.task, p.scratch);
          team.run(List.of(p.task));
        });
    return placed.isPresent();
  }

  private static boolean suits(INDArray array) {
    return !array.isEmpty() && NormfreeOp.isRowMajor(array);
  }
}
