import { parentPort } from 'node:worker_threads';
import { Problem, type ProblemOptions } from '../core/index.ts';
import { createDrawing, type DrawnLicence } from './drawing.ts';
import type { LicenceContent, Template } from './template.ts';

/** One licence to draw. The template comes only with its first licence; afterwards its number says which it is. */
export interface DrawTask {
  known: number;
  template?: Template;
  content: LicenceContent;
  at: number;
}

/** What comes back. Any other error ends the worker: it is a fault of the program. */
export type DrawAnswer =
  | { drawn: DrawnLicence }
  | { problem: { code: string } & Pick<ProblemOptions, 'detail' | 'extensions'> };

const port = parentPort;
const drawing = createDrawing();
const templates = new Map<number, Template>();

async function answer({ known, template, content, at }: DrawTask): Promise<DrawAnswer> {
  if (template) templates.set(known, template);
  const chosen = templates.get(known);
  if (!chosen) throw new Error(`template ${known} was never sent to this worker`);
  try {
    return { drawn: await drawing.renderLicence(chosen, content, at) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, detail, extensions } = error;
    return { problem: { code, extensions, ...(detail === undefined ? {} : { detail }) } };
  }
}

port?.on('message', async (task: DrawTask) => {
  port.postMessage(await answer(task));
});
port?.postMessage('ready');
