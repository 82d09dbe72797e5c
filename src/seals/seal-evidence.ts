import type { Anchors } from './anchors.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { findChain } from './chain.ts';
import type { OcspClient } from './ocsp.ts';
import { findRevocation, type RevocationEvidence } from './revocation.ts';
import type { RevocationLists } from './revocation-lists.ts';
import type { SealRecord } from './store.ts';

/** What is known of revocations: the lists for everybody, and answers about the certificates of registered seals. */
export interface SealEvidence {
  /** The lists as they are now. */
  lists(): Promise<RevocationEvidence>;
  /** The lists, and what a responder says of one certificate of a seal when they do not tell. */
  about(seal: SealRecord, sha256: string): Promise<RevocationEvidence & { revokedAt?: number | undefined }>;
}

/** Makes it. Responders are asked only about registered certificates, at addresses from the configuration. */
export function createSealEvidence(deps: {
  anchors: Anchors;
  lists: RevocationLists;
  ocsp: OcspClient;
  now: () => number;
}): SealEvidence {
  const lists = async (): Promise<RevocationEvidence> => ({
    crls: await deps.lists.current(),
    ocspResponses: [],
  });

  /** The certificate, its issuer, and where to ask about it. */
  function place(seal: SealRecord, sha256: string) {
    const kept = seal.certificates.find((one) => one.sha256 === sha256);
    if (!kept) return undefined;
    const [certificate, ...others] = [kept.der, ...kept.chain].map(read);
    if (!certificate) return undefined;
    const anchors = deps.anchors.forSeals();
    const chain = findChain({ leaf: certificate, others, anchors, at: certificate.notBefore });
    if (!chain.found) return undefined;
    const issuer = chain.path[1] ?? chain.anchor;
    return { certificate, issuer, url: deps.anchors.ocspOf(chain.anchor) };
  }

  return {
    lists,
    async about(seal, sha256) {
      const found = place(seal, sha256);
      let evidence = await lists();
      if (!found) return evidence;
      const { certificate, issuer, url } = found;
      const ask = () => findRevocation({ certificate, issuer, evidence, now: deps.now() });
      if (url && ask().state === 'unknown') {
        const answer = await deps.ocsp.ask(certificate, issuer, url);
        evidence = { ...evidence, ocspResponses: answer ? [answer] : [] };
      }
      const said = ask();
      return { ...evidence, ...(said.state === 'revoked' && { revokedAt: said.at }) };
    },
  };
}

const read = (base64: string): Certificate => parseCertificate(Buffer.from(base64, 'base64'));
