import type { Drawing } from './drawing.ts';

/**
 * Opens drawing in this thread. The writers of fonts and files are loaded with it, some 30 MB: a service draws in workers, and
 * seldom here.
 */
export async function openDrawing(): Promise<Drawing> {
  const { createDrawing } = await import('./drawing.ts');
  return createDrawing();
}
