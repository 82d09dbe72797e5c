import { type Bilingual, faultAt as faultOf, type InputFault } from '../core/index.ts';

/** One fault of a draft. */
export const faultAt = (pointer: string, code: string, zh: string, en: string): InputFault =>
  faultOf(pointer, code, { zh, en });

/** Said of a member that was left empty, by its name. */
export const missingAt = (pointer: string, { zh, en }: Bilingual): InputFault =>
  faultAt(pointer, 'missing', `请填写${zh}。`, `${en} is missing.`);

/** Said of text that shows as something else than it is. */
export const notPlain = (pointer: string): InputFault =>
  faultAt(
    pointer,
    'characters',
    '含有控制字符或改变文字方向的字符，请删除后重新填写。',
    'It holds control characters, or ones that turn the direction of text. Take them out.',
  );
