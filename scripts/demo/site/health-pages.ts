import type { Clerk } from './desk.ts';
import { caseList, createFrame, escaped, facts, verdict } from './frame.ts';
import type { CounterCase, ReceiptFault } from './health.ts';
import { claimsOf } from './receipt.ts';
import type { SiteSettings } from './settings.ts';
import type { Language } from './texts.ts';
import { createClock } from './time.ts';

const words = {
  zh: {
    desk: '医保窗口',
    clerk: (name: string) => `${name}，您好`,
    logout: '退出登录',
    open: '新开办件',
    cases: '今天的办件',
    none: '还没有办件。来人办理异地就医备案时，先新开一个。',
    waiting: '等待核验',
    done: '已核验',
    back: '返回窗口',
    title: '异地就医备案',
    case: '办件编号',
    by: '经办人',
    openedAt: '开办时间',
    check: '核验居住证',
    checkText:
      '打开核验窗口，请来人在手机上输入屏幕上的 6 位数字，或扫他出示的码。不收复印件，居住证也不会留在这里。',
    counter: '打开核验窗口',
    keep: '存入回执',
    keepText: '核验后在结果页下载回执，存到这里。本站会先验明回执的签名，再看它是不是这个办件的。',
    file: '回执文件',
    submit: '存入案卷',
    receipt: '案卷里的回执',
    number: '回执编号',
    at: '核验时间',
    asOf: '数据时间',
    item: '办理事项',
    purpose: '用途',
    checks: '核验项目',
    passed: (passed: number, all: number) => `${all} 项，通过 ${passed} 项`,
    download: '下载回执',
    kept: '案卷里只有回执，没有居住证。回执写明谁、为什么事、核验了什么和结果；居住证上的内容只在核验窗口里看，不写进回执。',
    faults: {
      'not-genuine': '这不是通行签发的回执，或者内容被改动过，没有存入。请重新下载后再试。',
      'other-case': '这份回执是真的，但不是为这个办件核验的，没有存入。请从上面打开核验窗口重新核验。',
      'no-file': '请选择下载的回执文件（.jws），不超过 64 KB。',
    },
  },
  en: {
    desk: 'Counter of health insurance',
    clerk: (name: string) => `Hello ${name}`,
    logout: 'Log out',
    open: 'New case',
    cases: 'Cases',
    none: 'No cases yet. Open one when somebody comes to register treatment in another province.',
    waiting: 'Waiting for verification',
    done: 'Verified',
    back: 'Back to the counter',
    title: 'Treatment in another province',
    case: 'Case number',
    by: 'Official',
    openedAt: 'Opened at',
    check: 'Verify the residence permit',
    checkText:
      'Open the counter and let the person enter the six digits on your screen, or scan the code they show. No photocopy is taken, and the permit does not stay here.',
    counter: 'Open the counter',
    keep: 'Keep the receipt',
    keepText:
      'Download the receipt from the result and put it here. The site proves its signature first, then that it belongs to this case.',
    file: 'File of the receipt',
    submit: 'Put into the case file',
    receipt: 'Receipts in the case file',
    number: 'Number of the receipt',
    at: 'Verified at',
    asOf: 'Data of',
    item: 'Service item',
    purpose: 'Purpose',
    checks: 'Checks',
    passed: (passed: number, all: number) => `${passed} of ${all} passed`,
    download: 'Download the receipt',
    kept: 'The case file holds receipts only, no permit. A receipt says who verified what, for which matter, with which result; what the permit says is seen at the counter only and does not stand in it.',
    faults: {
      'not-genuine':
        'This is no receipt of Tongxing, or it was changed. It was not kept: download it again and try once more.',
      'other-case':
        'This receipt is genuine, but was made for another case. It was not kept: open the counter from here and verify again.',
      'no-file': 'Choose the receipt that you downloaded (.jws), at most 64 KB.',
    },
  },
} as const;

/** Why the counter verifies, as the holder reads it and the receipt keeps it. */
const purpose = '异地就医备案，核对居住证';

/** The pages of the counter of health insurance. */
export function createHealthPages(settings: SiteSettings, language: Language) {
  const t = words[language];
  const frame = createFrame(settings, language);
  const { issuer, desk } = settings;
  const time = createClock(language);

  /** The service's counter with this case filled in. */
  function counterAddress(number: string): string {
    const url = new URL('/verify', issuer);
    url.searchParams.set('item', `${desk.duty.authorityCode}|${desk.serviceItem.code}`);
    url.searchParams.set('case_number', number);
    url.searchParams.set('purpose', purpose);
    return url.href;
  }

  /** What a kept receipt carries, and the receipt itself. */
  function keptReceipt({ receipt }: CounterCase['receipts'][number], place: string): string {
    const claims = claimsOf(receipt);
    const passed = claims.checks.filter(({ result }) => result === 'passed').length;
    return `${verdict({ ...claims, reasons: [] }, language)}${facts([
      [t.number, `<span class="receipt">${escaped(claims.jti)}</span>`],
      [t.item, escaped(desk.serviceItem[language])],
      [t.purpose, escaped(claims.purpose)],
      [t.checks, t.passed(passed, claims.checks.length)],
      [t.at, time(claims.iat * 1000)],
      [t.asOf, time(Date.parse(claims.freshness.as_of))],
    ])}<p class="actions"><a href="${place}" download>${t.download}</a></p>`;
  }

  return {
    /** What this counter works on. */
    desk: ({ name }: Clerk, files: readonly CounterCase[]): string =>
      frame(
        t.desk,
        `<h1>${t.desk}</h1><p>${t.clerk(escaped(name))}</p><div class="actions"><form method="post" action="/desk/cases"><button id="open">${t.open}</button></form>
<form method="post" action="/desk/logout"><button id="logout" class="button-plain">${t.logout}</button></form></div>
<h2>${t.cases}</h2>${
          files.length === 0
            ? `<p>${t.none}</p>`
            : caseList(
                files.map(({ number, openedAt, receipts }) => ({
                  ...{ number, title: t.title, path: `/desk/cases/${number}` },
                  text: `${receipts.length > 0 ? t.done : t.waiting}<br>${number}<br>${time(openedAt)}`,
                })),
                language,
              )
        }`,
      ),

    /** One case: to the counter and back with the receipt. */
    counterCase: ({ number, by, openedAt, receipts }: CounterCase, fault?: ReceiptFault): string =>
      frame(
        t.title,
        `<p><a href="/desk">${t.back}</a></p><h1>${t.title}</h1>${
          fault ? `<p class="note" id="fault" role="alert">${t.faults[fault]}</p>` : ''
        }
${facts([
  [t.case, `<span id="case">${number}</span>`],
  [t.by, escaped(by)],
  [t.openedAt, time(openedAt)],
])}
<h2>1. ${t.check}</h2><p>${t.checkText}</p><p class="actions"><a class="button" id="counter" href="${escaped(counterAddress(number))}" target="_blank" rel="noopener">${t.counter}</a></p>
<h2>2. ${t.keep}</h2><p>${t.keepText}</p>
<form class="panel" method="post" enctype="multipart/form-data" action="/desk/cases/${number}/receipts"><div class="field"><label class="title" for="receipt">${t.file}</label>
<input id="receipt" name="receipt" type="file" accept=".jws"></div><p class="actions"><button id="submit">${t.submit}</button></p></form>
${
  receipts.length > 0
    ? `<h2>${t.receipt}</h2>${receipts
        .map((one, index) => keptReceipt(one, `/desk/cases/${number}/receipts/${index + 1}`))
        .join('')}<p class="note">${t.kept}</p>`
    : ''
}`,
      ),
  };
}
