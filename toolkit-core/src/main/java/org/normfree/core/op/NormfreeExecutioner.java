package org.normfree.core.op;

import org.nd4j.linalg.api.ops.executioner.OpExecutioner;

/**
 * Marks an ND4J op executioner that runs {@link NormfreeOp}s. There is one a backend, because
 * ND4J's executioners share no base class that can be extended for both.
 */
public interface NormfreeExecutioner extends OpExecutioner {}
