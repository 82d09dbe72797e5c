import { parentPort } from 'node:worker_threads';
import { Problem, type ProblemOptions } from '../core/index.ts';
import { createDrawing, type DrawnLicence } from './drawing.ts';
import { createPainter, type FilePicture } from './picture.ts';
import type { LicenceContent, Template } from './template.ts';

/** What a worker is asked for. A template comes only with its first licence; afterwards its number says which it is. */
export type DrawTask =
  | { draw: 'licence'; known: number; template?: Template; content: LicenceContent; at: number }
  | { draw: 'picture'; pdf: Uint8Array; width: number };

/** What a worker makes: a licence or a picture, as it was asked. */
export type Drawn = DrawnLicence | FilePicture;

/** What comes back. Any other error ends the worker: it is a fault of the program. */
export type DrawAnswer =
  | { drawn: Drawn }
  | { problem: { code: string } & Pick<ProblemOptions, 'detail' | 'extensions'> };

const port = parentPort;
const drawing = createDrawing();
const painter = createPainter();
const templates = new Map<number, Template>();

async function draw(task: DrawTask): Promise<Drawn> {
  if (task.draw === 'picture') return painter.renderPicture(task.pdf, task.width);
  const { known, template, content, at } = task;
  if (template) templates.set(known, template);
  const chosen = templates.get(known);
  if (!chosen) throw new Error(`template ${known} was never sent to this worker`);
  return drawing.renderLicence(chosen, content, at);
}

async function answer(task: DrawTask): Promise<DrawAnswer> {
  try {
    return { drawn: await draw(task) };
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
