import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));

it.each([
  ['thrown', 'setTimeout(() => { throw fault })'],
  ['rejected', 'Promise.reject(fault)'],
])(
  'a fault that nobody catches (%s) ends the process with one redacted line, and nothing beside it',
  (_, fault) => {
    const program = `
    import { endOnFaults } from '${root}src/cli/end-on-faults.ts';
    import { createLogger } from '${root}src/telemetry/index.ts';
    endOnFaults(createLogger({ level: 'warn' }));
    const fault = new Error('no room for 520102188001010014');
    ${fault};
    setTimeout(() => {}, 10_000);`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ level: 'fatal', msg: 'the process ends: a fault' });
    expect(stdout).not.toContain('520102188001010014');
  },
);
