import { type Bilingual, inBoth } from '../core/index.ts';
import { checks } from './checks.ts';
import type { CheckFinding } from './port.ts';
import { reasons } from './reasons.ts';

const passedTexts = new Map<string, Bilingual>(checks.map(({ id, passed }) => [id, passed]));

/** What a check says, in words. */
export function textOf({ id, code }: Pick<CheckFinding, 'id' | 'code'>): Bilingual {
  return code === null ? (passedTexts.get(id) ?? inBoth(id)) : reasons[code];
}
