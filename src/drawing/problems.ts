import { defineProblems } from '../core/index.ts';

/** What drawing can say. All that is wrong with a content is found before a single byte of the file is written. */
export const drawingProblems = defineProblems({
  'character-not-drawable': {
    status: 422,
    title: { zh: '含有无法绘制的字符', en: 'Character cannot be drawn' },
    text: {
      zh: '内容中有一个字符不在证照字库内，请核对该字符，或联系管理员扩充字库。',
      en: 'The content has a character that the licence font does not contain. Check that character, or ask the operator to extend the font.',
    },
    meaning:
      'A licence or a seal would have shown an empty box, or nothing, in place of a character. `character`, `code_point` (U+XXXX) and `field` name it. Invisible and direction-changing characters are refused in the same way.',
  },
  'picture-not-usable': {
    status: 422,
    title: { zh: '照片无法使用', en: 'Picture cannot be used' },
    text: {
      zh: '照片须为彩色或灰度的 JPEG 文件，且不超过 500 KB，请更换后重新提交。',
      en: 'The picture has to be a JPEG in colour or grey of at most 500 kB. Send another one.',
    },
    meaning:
      'The picture of a licence is not a JPEG, is larger than 500 kB, or has inks instead of colours (CMYK). Issuing refuses such a photo before, with a pointer to it.',
  },
  'seal-text-unsuitable': {
    status: 422,
    title: { zh: '印章文字不符合要求', en: 'Text not suitable for a seal' },
    text: {
      zh: '印章名称须为 4 至 30 个字，下弦文字不超过 12 个字，编码为 13 位数字。',
      en: 'The name on a seal has 4 to 30 characters, the line beneath at most 12, and the code number 13 digits.',
    },
    meaning: 'A seal picture was asked for with texts that would not be legible on it.',
  },
  'file-not-paintable': {
    status: 500,
    title: { zh: '图片无法生成', en: 'Picture cannot be made' },
    text: {
      zh: '这份文件的图片无法生成。文件本身仍可下载查看；如反复出现，请联系平台客服。',
      en: 'No picture of this file can be made. The file itself can still be downloaded; if this goes on, tell support.',
    },
    meaning:
      'PDFium could not read a stored file, or a page of it has no usable size. Every sealed file was drawn here, so look at the file: `tongxing verify` says whether it is damaged.',
  },
  'drawing-busy': {
    status: 503,
    title: { zh: '制证任务繁忙', en: 'Too much to draw at once' },
    text: {
      zh: '当前待制作的证照过多，请稍后重试。',
      en: 'Too many licences are waiting to be drawn. Try again shortly.',
    },
    meaning:
      'The queue in front of the drawing workers is full. Nothing was drawn; the same request can be sent again.',
  },
});
