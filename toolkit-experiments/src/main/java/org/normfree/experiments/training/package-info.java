/** How one training run is carried out: trained, looked at, evaluated, recorded, checkpointed. */
package org.normfree.experiments.training;
