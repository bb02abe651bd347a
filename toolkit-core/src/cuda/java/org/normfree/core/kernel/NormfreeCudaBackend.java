package org.normfree.core.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.nd4j.common.io.ClassPathResource;
import org.nd4j.common.io.Resource;
import org.nd4j.linalg.jcublas.JCublasBackend;
import org.normfree.core.op.Registration;
import org.slf4j.LoggerFactory;

/**
 * ND4J's CUDA backend with {@link NormfreeCudaExecutioner} as its executioner. It looks for a
 * device before it touches CUDA, and where there is none says so in one line.
 */
public class NormfreeCudaBackend extends JCublasBackend {
  @Override
  public boolean isAvailable() {
    try {
      requireDriver();
      return canRun();
    } catch (RuntimeException | LinkageError e) {
      LoggerFactory.getLogger(NormfreeCudaBackend.class)
          .warn("CUDA cannot be used here: {}; see docs/cuda.md", e.getMessage());
      return false;
    }
  }

  /** Without a driver, loading ND4J's CUDA classes can hang, so that is asked first. */
  private static void requireDriver() {
    // the driver's control device, and its counterpart under WSL
    boolean found = Stream.of("/dev/nvidiactl", "/dev/dxg").map(Path::of).anyMatch(Files::exists);
    if (Loader.getPlatform().startsWith("linux") && !found) {
      throw new IllegalStateException("no NVIDIA driver is loaded, /dev/nvidiactl is missing");
    }
  }

  @Override
  public int getPriority() {
    return super.getPriority() + 1;
  }

  @Override
  public Resource getConfigurationResource() {
    return new ClassPathResource(
        "/normfree-cuda.properties", NormfreeCudaBackend.class.getClassLoader());
  }

  /** ND4J calls this last when it starts: the moment to register the ops. */
  @Override
  public void logBackendInit() {
    super.logBackendInit();
    Registration.register();
  }
}
