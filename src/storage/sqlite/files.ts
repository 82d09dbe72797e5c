/** The files of an embedded store at `path`: the name of the setting is the file of records, the others lie beside it. */
export function sqliteFiles(path: string): { records: string; artefacts: string; blobs: string } {
  return { records: path, artefacts: `${path}-artefacts`, blobs: `${path}-blobs` };
}
