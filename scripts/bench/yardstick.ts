/** A document of no meaning, some of it in Chinese. */
const document = Array.from({ length: 200 }, (_, index) => ({
  ...{ id: `x${index}`, pair: [index, index * 2] },
  name: `证照${index}`,
}));
const times = 800;

/**
 * CPU milliseconds that a fixed piece of work takes at this moment, with nothing of the service in it. A shared machine is
 * twice as fast in one minute as in another: what is not a ratio is compared between two runs beside this.
 */
export function yardstick(): number {
  const before = process.cpuUsage();
  for (let round = 0; round < times; round += 1) JSON.parse(JSON.stringify(document));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
