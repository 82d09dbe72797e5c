import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream } from '@cantoo/pdf-lib';
import { type PdfFile, packed, type Ref, textString } from './pdf-file.ts';

/** What a file says of itself. */
export interface FileFacts {
  title: string;
  /** Milliseconds since 1970: creation and modification date. */
  at: number;
}

const maker = 'Tongxing';

/** The entries of the document catalogue that make a PDF an archive: metadata, and what its colours mean. @see ISO 19005-2 6.2.3, 6.6 */
export async function writeArchiveEntries(file: PdfFile, facts: FileFacts): Promise<string> {
  const profile = file.addStream(await colourProfile(), `/N 3 ${packed}`);
  const intent = file.add(
    `<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) /DestOutputProfile ${profile} >>`,
  );
  // As it is, for readers that look for it without reading the file.
  const metadata = file.addStream(Buffer.from(describe(facts)), '/Type /Metadata /Subtype /XML');
  return `/Metadata ${metadata} /OutputIntents [${intent}]`;
}

/** The same facts in the older form. */
export function writeInfo(file: PdfFile, { title, at }: FileFacts): Ref {
  const date = `(D:${new Date(at).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z)`;
  const by = textString(maker);
  return file.add(
    `<< /Title ${textString(title)} /Producer ${by} /Creator ${by} /CreationDate ${date} /ModDate ${date} >>`,
  );
}

/** @see ISO 16684-1 (XMP) */
function describe({ title, at }: FileFacts): string {
  const date = new Date(at).toISOString().replace(/\.\d+Z/, 'Z');
  const escaped = title.replace(/[&<>]/g, (character) => `&#${character.codePointAt(0)};`);
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escaped}</rdf:li></rdf:Alt></dc:title></rdf:Description>`,
    `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreatorTool>${maker}</xmp:CreatorTool><xmp:CreateDate>${date}</xmp:CreateDate><xmp:ModifyDate>${date}</xmp:ModifyDate><xmp:MetadataDate>${date}</xmp:MetadataDate></rdf:Description>`,
    `<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>${maker}</pdf:Producer></rdf:Description>`,
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>',
    '</rdf:RDF>',
    '</x:xmpmeta>',
    '<?xpacket end="w"?>',
  ].join('\n');
}

let kept: Promise<Uint8Array> | undefined;

/** The sRGB profile of the library, compressed: taken once from an archive that it makes. */
function colourProfile(): Promise<Uint8Array> {
  kept ??= makeProfile();
  return kept;
}

async function makeProfile(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.convertToPDFA({ conformance: '2B' });
  const intents = document.catalog.lookup(PDFName.of('OutputIntents'), PDFArray);
  const profile = intents.lookup(0, PDFDict).lookup(PDFName.of('DestOutputProfile'));
  if (!(profile instanceof PDFRawStream)) throw new Error('the library made an archive without a profile');
  return profile.getContents();
}
