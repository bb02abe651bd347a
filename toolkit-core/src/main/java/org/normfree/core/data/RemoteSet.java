package org.normfree.core.data;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A data set that can be fetched from where its makers, or those who keep it, publish it. The one
 * place that names such addresses, beside {@code docs/data-sets.md}.
 *
 * @param name what it is fetched by
 * @param summary what it is
 * @param licence under which terms
 * @param use the settings with which experiments read it; {@code DIR} stands for its folder
 * @param files what it consists of
 */
public record RemoteSet(
    String name, String summary, String licence, String use, List<RemoteFile> files) {
  /** Copies the list. */
  public RemoteSet {
    files = List.copyOf(files);
  }

  /**
   * A file of it.
   *
   * @param address where it is
   * @param name how it is called here
   * @param bytes its size; empty where nobody states one
   * @param sha256 its SHA-256, 64 hexadecimal digits; empty where none is on record
   * @param wanted of an archive ({@code .tar.gz}), which of its files are unpacked; empty for a
   *     file that is kept as it is
   */
  public record RemoteFile(
      URI address,
      String name,
      OptionalLong bytes,
      Optional<String> sha256,
      Optional<Pattern> wanted) {}

  private static final String TORONTO = "https://www.cs.toronto.edu/~kriz/";
  private static final String MNIST = "https://storage.googleapis.com/cvdf-datasets/mnist/";
  private static final String FASHION =
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";
  private static final String FSDD =
      "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/";
  private static final String NCBI =
      "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/efetch.fcgi?db=nuccore&rettype=fasta&id=";

  /** Those that can be fetched. */
  public static final List<RemoteSet> ALL =
      List.of(
          new RemoteSet(
              "cifar10",
              "60,000 colour images of 32x32 in 10 classes (A. Krizhevsky, 2009)",
              "none stated; for research",
              "data=cifar10",
              List.of(
                  archive(
                      TORONTO,
                      "cifar-10-binary.tar.gz",
                      OptionalLong.of(170_052_171),
                      Optional.of(
                          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
                      ".*\\.bin|batches\\.meta\\.txt"))),
          new RemoteSet(
              "mnist",
              "70,000 handwritten digits of 28x28 (Y. LeCun, C. Cortes, C. Burges)",
              "CC BY-SA 3.0",
              "data=mnist",
              List.of(
                  file(
                      MNIST,
                      "train-images-idx3-ubyte.gz",
                      9_912_422,
                      "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                  file(
                      MNIST,
                      "train-labels-idx1-ubyte.gz",
                      28_881,
                      "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                  file(
                      MNIST,
                      "t10k-images-idx3-ubyte.gz",
                      1_648_877,
                      "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                  file(
                      MNIST,
                      "t10k-labels-idx1-ubyte.gz",
                      4_542,
                      "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"))),
          new RemoteSet(
              "fashion-mnist",
              "70,000 pictures of clothes of 28x28 (Zalando Research, 2017)",
              "MIT",
              "data=fashion-mnist",
              List.of(
                  file(
                      FASHION,
                      "train-images-idx3-ubyte.gz",
                      26_421_880,
                      "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                  file(
                      FASHION,
                      "train-labels-idx1-ubyte.gz",
                      29_515,
                      "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                  file(
                      FASHION,
                      "t10k-images-idx3-ubyte.gz",
                      4_422_102,
                      "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                  file(
                      FASHION,
                      "t10k-labels-idx1-ubyte.gz",
                      5_148,
                      "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"))),
          new RemoteSet(
              "fsdd",
              "3,000 spoken digits of 6 speakers at 8 kHz (Z. Jackson and others)",
              "CC BY-SA 4.0",
              "data=fsdd",
              List.of(
                  archive(
                      FSDD,
                      "v1.0.9.tar.gz",
                      OptionalLong.empty(),
                      Optional.empty(),
                      "\\d_[a-z]+_\\d+\\.wav"))),
          new RemoteSet(
              "phix",
              "the genome of bacteriophage phi X 174, NC_001422.1",
              "public domain (NCBI)",
              "data=fasta data.path=DIR/NC_001422.1.fa",
              List.of(genome("NC_001422.1"))),
          new RemoteSet(
              "lambda",
              "the genome of bacteriophage lambda, NC_001416.1, which is also built in",
              "public domain (NCBI)",
              "data=fasta data.path=DIR/NC_001416.1.fa",
              List.of(genome("NC_001416.1"))));

  private static RemoteFile file(String folder, String name, long bytes, String sha256) {
    return new RemoteFile(
        URI.create(folder + name),
        name,
        OptionalLong.of(bytes),
        Optional.of(sha256),
        Optional.empty());
  }

  private static RemoteFile archive(
      String folder, String name, OptionalLong bytes, Optional<String> sha256, String wanted) {
    return new RemoteFile(
        URI.create(folder + name), name, bytes, sha256, Optional.of(Pattern.compile(wanted)));
  }

  private static RemoteFile genome(String accession) {
    return new RemoteFile(
        URI.create(NCBI + accession),
        accession + ".fa",
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
