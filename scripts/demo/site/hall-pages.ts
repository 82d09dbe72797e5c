import { type Answers, type Application, businessForms, mayReturn, stageOf } from './application.ts';
import type { Clerk } from './desk.ts';
import { caseList, createFrame, escaped, facts, verdict } from './frame.ts';
import { hallTexts } from './hall-texts.ts';
import type { ActingFor } from './pages.ts';
import type { SiteSettings } from './settings.ts';
import type { Language } from './texts.ts';
import { createClock } from './time.ts';

/** A field of the form that is missing or too long. */
export type Fault = 'premises' | 'form' | 'items';

/** What the page of the form shows. */
export interface ApplyView {
  isLoggedIn: boolean;
  company: Pick<ActingFor, 'name'> | undefined;
  mine: readonly Application[];
  answers?: Answers;
  faults?: readonly Fault[];
}

/** The pages of an application, for companies and for the clerks who decide. */
export function createHallPages(settings: SiteSettings, language: Language) {
  const t = hallTexts[language];
  const frame = createFrame(settings, language);
  const { issuer } = settings;
  const time = createClock(language);
  const post = (action: string, id: string, label: string, className = ''): string =>
    `<form method="post" action="${escaped(action)}"><button id="${id}" class="${className}">${label}</button></form>`;

  const list = (files: readonly Application[], path: string): string =>
    caseList(
      files.map((file) => ({
        ...{ number: file.number, title: escaped(file.applicant.name), path: `${path}/${file.number}` },
        text: `${t.stages[stageOf(file)].title}<br>${file.number}<br>${time(file.openedAt)}`,
      })),
      language,
    );

  const fault = (name: Fault, faults: readonly Fault[]): string =>
    faults.includes(name) ? `<p class="fault" id="${name}-fault">${t.faults[name]}</p>` : '';
  const faulty = (name: Fault, faults: readonly Fault[]): string =>
    faults.includes(name) ? ` aria-invalid="true" aria-describedby="${name}-fault"` : '';

  function applyForm({ answers, faults = [] }: ApplyView): string {
    const input = (name: 'premises' | 'items', hint: string, most: number): string =>
      `<div class="field"><label class="title" for="${name}">${t[name]}</label><small>${hint}</small>${fault(name, faults)}
<input id="${name}" name="${name}" maxlength="${most}" value="${escaped(answers?.[name] ?? '')}"${faulty(name, faults)}></div>`;
    const choices = businessForms.map(
      (value, index) =>
        `<label class="choice"><input type="radio" name="form" value="${value}"${index === 0 ? ' id="form"' : ''}${answers?.form === value ? ' checked' : ''}> ${t.forms[index]}</label>`,
    );
    const summary = faults.map((name) => `<li><a href="#${name}">${t.faults[name]}</a></li>`).join('');
    return `${faults.length > 0 ? `<div class="note" role="alert"><strong>${t.faultTitle}</strong><ul>${summary}</ul></div>` : ''}
<form class="panel" method="post" action="/food-licence">${input('premises', t.premisesHint, 200)}
<fieldset class="field"${faulty('form', faults)}><legend class="title">${t.form}</legend>${fault('form', faults)}${choices.join('')}</fieldset>
${input('items', t.itemsHint, 500)}<p class="actions"><button id="submit">${t.submit}</button></p></form>`;
  }

  function entry({ isLoggedIn, company }: ApplyView): string {
    if (company) return `<p id="acting">${t.forWhom(`<strong>${escaped(company.name)}</strong>`)}</p>`;
    const login = `/login?level=2&amp;for=/food-licence`;
    return isLoggedIn
      ? `<p class="note">${t.needCompany}</p><p class="actions"><a class="button" href="${escaped(issuer)}/account/organisations">${t.switchTo}</a><a href="${login}">${t.again}</a></p>`
      : `<p>${t.needLogin}</p><p class="actions"><a class="button" id="login" href="${login}">${t.login}</a></p>`;
  }

  /** What the verifications left in the case file, and nothing else of the business licence. */
  function checked({ verifications, number }: Application, path: string | undefined): string {
    const last = verifications.at(-1);
    if (!last) return '';
    const learned = Object.entries(t.facts).flatMap(([name, label]) => {
      const value = last.facts[name];
      if (value === undefined || value === null) return [];
      const text = typeof value === 'boolean' ? (value ? t.yes : t.no) : escaped(value);
      return [[label, text] as const];
    });
    const receipts = path
      ? verifications.map(
          ({ at }, index) =>
            `<li><a href="${path}/${number}/receipts/${index + 1}" download>${t.receipt(time(at))}</a></li>`,
        )
      : [];
    return `<h2>${t.checked}</h2>${verdict(last, language)}<p><small>${t.checkedAt} ${time(last.at)}</small></p>
${learned.length > 0 ? `<h3>${t.learned}</h3>${facts(learned)}` : ''}
${receipts.length > 0 ? `<h3>${t.receipts}</h3><ul>${receipts.join('')}</ul>` : ''}<p class="note">${t.kept}</p>`;
  }

  function summary(file: Application): string {
    const { applicant, answers, licence, decision, returned } = file;
    const form = t.forms[businessForms.indexOf(answers.form)] ?? answers.form;
    return facts([
      ...(returned
        ? ([
            [t.words, `<strong id="words">${escaped(returned.words)}</strong>`],
            [t.returnedBy, escaped(returned.by)],
            [t.returnedAt, time(returned.at)],
          ] as const)
        : []),
      [t.case, `<span id="case">${file.number}</span>`],
      [t.applicant, `${escaped(applicant.name)}<br><small>${escaped(applicant.idNumber)}</small>`],
      [t.openedAt, time(file.openedAt)],
      [t.premises, escaped(answers.premises)],
      [t.form, escaped(form)],
      [t.items, escaped(answers.items)],
      ...(licence && decision
        ? ([
            [t.decidedBy, escaped(decision.by)],
            [t.number, `<strong id="licence">${escaped(licence.number)}</strong>`],
          ] as const)
        : []),
    ]);
  }

  /** Where the case stands, and what to do next. */
  const standing = (file: Application, forWhom: 'company' | 'clerk'): string => {
    const stage = stageOf(file);
    const { title, text, clerk } = t.stages[stage];
    return `<p class="note" id="stage" data-stage="${stage}"><strong>${title}</strong><br>${forWhom === 'company' ? text : clerk}</p>`;
  };

  /** The form by which a clerk gives a case back; `words` are those that could not be taken. */
  const giveBack = ({ number }: Application, words: string | undefined): string =>
    `<h2>${t.giveBack}</h2><form class="panel" method="post" action="/desk/cases/${number}/return"><div class="field"><label class="title" for="words">${t.words}</label><small id="words-hint">${t.wordsHint}</small>${
      words === undefined ? '' : `<p class="fault" id="words-fault" role="alert">${t.wordsFault}</p>`
    }<textarea id="words" name="words" rows="3" maxlength="500" aria-describedby="words-hint${words === undefined ? '' : ' words-fault" aria-invalid="true'}">${escaped(words ?? '')}</textarea></div><p class="actions"><button id="return" class="button-plain">${t.giveBack}</button></p></form>`;

  const stepOf: Partial<Record<ReturnType<typeof stageOf>, (path: string) => string>> = {
    consent: (path) => post(`${path}/consent`, 'consent', t.allow),
    unclear: (path) =>
      post(`${path}/verify`, 'verify', t.verifyAgain) +
      post(`${path}/consent`, 'consent', t.allowAgain, 'button-plain'),
    returned: (path) =>
      `<a class="button" id="again" href="/food-licence?again=${path.replace('/cases/', '')}">${t.applyAgain}</a>`,
    issued: () => `<a class="button" id="wallet" href="${escaped(issuer)}/wallet">${t.wallet}</a>`,
  };

  return {
    /** What is needed and the form; before it, how to come as a company. */
    apply: (view: ApplyView): string =>
      frame(
        t.apply,
        `<h1>${t.apply}</h1>${entry(view)}
<h2>${t.materials}</h2><ul class="services"><li><span><strong>${t.proof}</strong><small>${t.proofText}</small></span></li></ul>
${view.company ? `<h2>${t.fill}</h2>${applyForm(view)}` : ''}
${view.mine.length > 0 ? `<h2 id="mine">${t.mine}</h2>${list(view.mine, '/cases')}` : ''}`,
      ),

    /** The company's view of its case. */
    application: (file: Application): string =>
      frame(
        t.application,
        `<p><a href="/food-licence#mine">${t.backToMine}</a></p><h1>${t.application}</h1>${standing(file, 'company')}<div class="actions">${stepOf[stageOf(file)]?.(`/cases/${file.number}`) ?? ''}</div>
${summary(file)}${checked(file, '/cases')}`,
      ),

    noAnswer: t.noAnswer,

    /** A case that is not there, or not this company's. */
    missing: (isLoggedIn: boolean): string =>
      frame(
        t.missing,
        `<h1>${t.missing}</h1><p>${t.missingText}</p><p class="actions">${
          isLoggedIn ? '' : `<a class="button" href="/login?level=2&amp;for=/food-licence">${t.login}</a>`
        }<a href="/">${t.back}</a></p>`,
      ),

    /** What waits for the clerks. */
    desk: ({ name }: Clerk, files: readonly Application[]): string =>
      frame(
        t.desk,
        `<h1>${t.desk}</h1><p>${t.clerk(escaped(name))}</p>${post('/desk/logout', 'logout', t.logout, 'button-plain')}
<h2>${t.application}</h2>${files.length > 0 ? list(files, '/desk/cases') : `<p>${t.none}</p>`}`,
      ),

    /**
     * One case before the clerk who decides; `refusal` are the words of the library when nothing was issued, `words` those of
     * the clerk that could not be taken.
     */
    decision: (file: Application, { refusal, words }: { refusal?: string; words?: string } = {}): string =>
      frame(
        t.application,
        `<p><a href="/desk">${t.backToDesk}</a></p><h1>${t.application}</h1>
${refusal === undefined ? standing(file, 'clerk') : `<p class="note" role="alert"><strong>${t.refusal}</strong><br>${escaped(refusal)}</p>`}
${summary(file)}${checked(file, undefined)}
${stageOf(file) === 'review' ? `<div class="actions">${post(`/desk/cases/${file.number}/approve`, 'approve', t.approve)}</div><p><small>${t.approveHint}</small></p>` : ''}
${mayReturn(file) ? giveBack(file, words) : ''}`,
      ),
  };
}
