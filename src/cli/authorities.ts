import { Command } from 'commander';
import { Problem, readAll } from '../core/index.ts';
import type { Authority } from '../identity/index.ts';
import { print, table } from './output.ts';
import { readJsonFile } from './read-json-file.ts';
import { withService } from './with-service.ts';

/** The file of an authority: names of the wire. */
interface AuthorityFile {
  code?: unknown;
  name?: unknown;
  'name#en'?: unknown;
  area_code?: unknown;
  may_define?: unknown;
  issues?: unknown;
  status?: unknown;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function readAuthority(file: AuthorityFile): Authority {
  const { code, name, area_code: areaCode, may_define: mayDefine, issues = [], status } = file;
  if (!Array.isArray(issues))
    throw new Problem('invalid-input', { detail: 'issues must be a list of type codes.' });
  return {
    code: textOf(code),
    name: { zh: textOf(name), en: textOf(file['name#en'] ?? name) },
    areaCode: textOf(areaCode),
    mayDefine: mayDefine === true,
    issues: issues.map(textOf),
    status: status === 'closed' ? 'closed' : 'active',
  };
}

const toFile = ({ code, name, areaCode, mayDefine, issues, status }: Authority) => ({
  code,
  name: name.zh,
  'name#en': name.en,
  area_code: areaCode,
  may_define: mayDefine,
  issues,
  status,
});

/** `tongxing authorities put | list`. */
export function authoritiesCommand(): Command {
  const command = new Command('authorities').description(
    'bodies of government that define or issue licences',
  );
  command
    .command('put')
    .argument(
      '<file>',
      'JSON: code, name, name#en, area_code, may_define, issues (type codes), status (active or closed); or a list of these',
    )
    .description('registers authorities, or changes them')
    .option('--json', 'machine-readable output')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const content = await readJsonFile<AuthorityFile | AuthorityFile[]>(file);
      const authorities = (Array.isArray(content) ? content : [content]).map(readAuthority);
      await withService({ mayBeNew: true }, async ({ identity }) => {
        for (const authority of authorities) {
          const outcome = await identity.authorities.put(authority, 'operator');
          if (outcome.outcome === 'invalid')
            throw new Problem('invalid-input', {
              detail: outcome.faults.map(({ text }) => `${authority.code}: ${text.en}`).join('\n'),
            });
        }
        print(authorities.map(toFile), json, (all) => all.map(({ code }) => `${code} is stored.`).join('\n'));
      });
    });
  command
    .command('list')
    .description('every authority')
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      await withService({}, async ({ identity }) => {
        const all = await readAll((from) => identity.authorities.list({ limit: 200, ...from }));
        print(all.map(toFile), json, () =>
          table(
            ['code', 'name', 'area', 'defines', 'types', 'status'],
            all.map(({ code, name, areaCode, mayDefine, issues, status }) => [
              ...[code, name.zh, areaCode, mayDefine ? 'yes' : 'no', String(issues.length), status],
            ]),
          ),
        );
      });
    });
  return command;
}
