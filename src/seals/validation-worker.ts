import { parentPort } from 'node:worker_threads';
import type { ValidationRequest } from './port.ts';
import { validateFile } from './validate-file.ts';

/** The thread in which files of strangers are read: it holds no key and no store, and may be ended at any moment. */
parentPort?.on('message', ({ request, now }: { request: ValidationRequest; now: number }) => {
  try {
    parentPort?.postMessage({ report: validateFile(request, now) });
  } catch (error) {
    parentPort?.postMessage({
      fault: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
