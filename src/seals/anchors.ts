import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../core/index.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { certificatesOfPem } from './certificate-request.ts';

/** One pinned certificate and what it may vouch for. */
interface Anchor {
  certificate: Certificate;
  kind: 'seal' | 'time-stamp';
  authorities: readonly string[];
  ocsp?: string | undefined;
}

/** The certificates that this installation believes in. */
export interface Anchors {
  /** Those that may vouch for seals of an authority; of any authority without one. */
  forSeals(authority?: { code: string; areaCode?: string | undefined }): readonly Certificate[];
  readonly forTime: readonly Certificate[];
  /** Addresses of the lists of revoked certificates beneath them. */
  readonly crls: readonly string[];
  /** Address of the OCSP responder beneath one of them. */
  ocspOf(anchor: Certificate): string | undefined;
}

const file = z.strictObject({
  anchors: z.array(
    z.strictObject({
      /** PEM file beside this one, with one certificate. */
      file: z.string().regex(/^[\w.-]+\.pem$/),
      kind: z.enum(['seal', 'time-stamp']),
      /** `*`, credit codes, or the first digits of area codes. */
      authorities: z
        .array(z.string().regex(/^(\*|\d{2,6}|[0-9A-Z]{18})$/))
        .min(1)
        .default(['*']),
      crls: z.array(z.url({ protocol: /^https?$/ })).default([]),
      ocsp: z.url({ protocol: /^https?$/ }).optional(),
    }),
  ),
});

/**
 * Reads `anchors.json` and the certificates that it names from a folder. Without the file nobody is believed.
 * @throws {Problem} anchors-unreadable naming what is wrong
 */
export function readAnchors(folder: string): Anchors {
  const entries = readList(join(folder, 'anchors.json'));
  const anchors = entries.map(({ file: name, ...entry }): Anchor => {
    const certificate = readCertificate(join(folder, name));
    return { ...entry, certificate };
  });
  const forSeals = anchors.filter(({ kind }) => kind === 'seal');
  return {
    forSeals: (authority) =>
      forSeals
        .filter(({ authorities }) => !authority || authorities.some((rule) => covers(rule, authority)))
        .map(({ certificate }) => certificate),
    forTime: anchors.filter(({ kind }) => kind === 'time-stamp').map(({ certificate }) => certificate),
    crls: [...new Set(entries.flatMap(({ crls }) => crls))],
    ocspOf: ({ sha256 }) => anchors.find(({ certificate }) => certificate.sha256 === sha256)?.ocsp,
  };
}

/** Whether a rule of the list is about an authority. */
function covers(rule: string, { code, areaCode }: { code: string; areaCode?: string | undefined }): boolean {
  if (rule === '*') return true;
  return rule.length === 18 ? rule === code : (areaCode?.startsWith(rule) ?? false);
}

function readList(path: string): z.infer<typeof file>['anchors'] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(path, cause);
  }
  try {
    return file.parse(JSON.parse(text)).anchors;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function readCertificate(path: string): Certificate {
  try {
    const [only, ...others] = certificatesOfPem(readFileSync(path, 'utf8'));
    if (!only || others.length > 0) throw new Error('it does not hold exactly one certificate');
    return parseCertificate(only);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): Problem {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Problem('anchors-unreadable', {
    detail: {
      zh: `无法读取受信任证书 ${path}：${why}。格式说明见 keys/README.md。`,
      en: `The trusted certificates in ${path} cannot be read: ${why}. keys/README.md shows the form.`,
    },
    cause,
  });
}
