package tongxing;

import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Date;

/**
 * Validates PDFs: FOLDER holds *.anchor and *.crl (DER) and the PDFs to judge, AT is the time in milliseconds.
 * Prints a line for each signature: file, indication, sub-indication, level.
 */
public final class DssMain {
  public static void main(String[] args) throws IOException {
    File folder = new File(args[0]);
    Date at = new Date(Long.parseLong(args[1]));
    CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
    for (File file : files(folder, ".anchor")) anchors.addCertificate(DSSUtils.loadCertificate(file));
    for (File file : files(folder, ".pdf")) {
      CommonCertificateVerifier verifier = new CommonCertificateVerifier();
      verifier.setTrustedCertSources(anchors);
      verifier.setCrlSource(new ExternalResourcesCRLSource(open(files(folder, ".crl"))));
      SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(file));
      validator.setCertificateVerifier(verifier);
      validator.setValidationTime(at);
      SimpleReport report = validator.validateDocument().getSimpleReport();
      for (String id : report.getSignatureIdList())
        System.out.println(String.join(" ", file.getName(), String.valueOf(report.getIndication(id)),
            String.valueOf(report.getSubIndication(id)), String.valueOf(report.getSignatureFormat(id))));
    }
  }

  private static InputStream[] open(File[] files) throws IOException {
    InputStream[] streams = new InputStream[files.length];
    for (int index = 0; index < files.length; index += 1) streams[index] = new FileInputStream(files[index]);
    return streams;
  }

  private static File[] files(File folder, String ending) {
    File[] found = folder.listFiles((parent, name) -> name.endsWith(ending));
    Arrays.sort(found);
    return found;
  }
}
