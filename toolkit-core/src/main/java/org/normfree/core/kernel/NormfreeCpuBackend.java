package org.normfree.core.kernel;

import org.nd4j.common.io.ClassPathResource;
import org.nd4j.common.io.Resource;
import org.nd4j.linalg.cpu.nativecpu.CpuBackend;
import org.normfree.core.op.Registration;

/**
 * ND4J's CPU backend with {@link NormfreeCpuExecutioner} as its executioner. ND4J finds it by
 * service lookup and prefers it to the plain one, so whoever has this module on the class path has
 * the ops.
 */
public class NormfreeCpuBackend extends CpuBackend {
  @Override
  public int getPriority() {
    return super.getPriority() + 1;
  }

  @Override
  public Resource getConfigurationResource() {
    return new ClassPathResource(
        "/normfree-cpu.properties", NormfreeCpuBackend.class.getClassLoader());
  }

  /** ND4J calls this last when it starts: the moment to register the ops. */
  @Override
  public void logBackendInit() {
    super.logBackendInit();
    Registration.register();
  }
}
