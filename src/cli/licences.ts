import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { Problem, systemClock } from '../core/index.ts';
import { openDrawing, previewTemplate, type TemplateName, templates } from '../drawing/index.ts';

/** `tongxing licences preview`: a template with a specimen's content. */
export function licencesCommand(): Command {
  const command = new Command('licences').description('licences and how they look');
  command
    .command('preview')
    .argument('<template>', `one of ${Object.keys(templates).join(', ')}`)
    .option('--out <file>', 'where to write the PDF; standard output when absent')
    .description('draws a template with the content of a specimen, unsealed, to look at it')
    .action(async (name: string, { out }: { out?: string }) => {
      const { template, content } = previewTemplate(knownTemplate(name));
      const { pdf } = await (await openDrawing()).renderLicence(template, content, systemClock.now());
      if (out === undefined) process.stdout.write(pdf);
      else await writeFile(out, pdf);
    });
  return command;
}

function knownTemplate(name: string): TemplateName {
  if (Object.hasOwn(templates, name)) return name as TemplateName;
  throw new Problem('not-found', {
    detail: {
      zh: `没有名为 ${name} 的版式；可用的有 ${Object.keys(templates).join('、')}。`,
      en: `There is no template called ${name}; there are ${Object.keys(templates).join(', ')}.`,
    },
  });
}
