/** More of them would crowd each other's data out of the caches, and delay the first answer. */
const mostTogether = 16;

/**
 * Lets requests that were read in one turn of the event loop go on side by side. All of them wait for one promise, so each
 * step up to the next wait runs for every one of them before the step after it runs for the first, and finds its code and
 * tables in the caches of the processor. A request that is alone waits for microseconds.
 */
export function createSideBySide(): () => Promise<void> {
  let size = mostTogether;
  let beginning = Promise.resolve();
  return () => {
    if (size === mostTogether) {
      size = 0;
      beginning = new Promise((resolve) =>
        setImmediate(() => {
          // Whoever is read in a later turn begins later.
          size = mostTogether;
          resolve();
        }),
      );
    }
    size += 1;
    return beginning;
  };
}
