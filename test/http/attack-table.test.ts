import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** What is tried, what is answered, and the test that shows it: a file of this folder or under test/, and how its title begins. */
type Row = readonly [tried: string, answer: string, file: string, title: string];

const protocol = 'attack-protocol';
const session = 'attack-session';
const limits = 'attack-limits';
const outward = 'attack-outward';
const races = 'attack-races';
const licences = 'attack-licences';
const wallet = 'attack-wallet';
const meanwhile = 'attack-meanwhile';
const verification = 'verification';

/** By the classes of the attack table that exist so far; licences, seals, staff and sender-constrained tokens bring theirs. */
const table: Readonly<Record<string, readonly Row[]>> = {
  redirect_uri: [
    [
      'suffix, query, fragment, user@, port, case, /x/../, scheme, script',
      '400, our page, nothing leaves',
      protocol,
      'with %s gets our page, and nothing leaves',
    ],
    ['absent; given twice', '400, our page', protocol, 'given twice is refused'],
    ['pushed; changed at the redemption', '400', protocol, 'is checked before it is pushed'],
    ['of an unknown site', '400, our page', protocol, 'of a site that is not registered'],
  ],
  PKCE: [
    [
      'plain, absent, no method, too short',
      'invalid_request before any login',
      protocol,
      'that is %s is refused before anybody logs in',
    ],
    ['verifier wrong, absent, the challenge itself', 'no token', protocol, 'with a verifier that is %s'],
    [
      'challenge dropped or swapped on the way',
      'the pushed one holds',
      protocol,
      'dropped on the way is not forgotten',
    ],
  ],
  'code and token replay': [
    ['code used again', 'invalid_grant, what it gave is dead', protocol, 'used a second time gives nothing'],
    [
      'code or refresh token of another client',
      'invalid_grant',
      protocol,
      'that was stolen is worth nothing',
    ],
    ['code after 60 seconds', 'invalid_grant, as if it never was', protocol, 'is over after 60 seconds'],
    ['refresh token used again', 'the whole grant is over', protocol, 'used twice ends the whole grant'],
    [
      '50 redemptions at once, two processes, both stores',
      'one wins, then dies',
      races,
      '50 redemptions of one code',
    ],
    ['50 refreshes at once', 'at most one, then none', races, '50 uses of one refresh token'],
    ['one assertion 50 times, one request_uri 20 times', 'one each', races, '50 assertions with one id'],
  ],
  'mix-up, response types and modes': [
    ['token, id_token, hybrid types', 'refused', protocol, 'the response type %s is refused'],
    ['fragment, web_message, jwt', 'refused, by query', protocol, 'the response mode %s is refused'],
    ['an answer without its issuer', 'iss in every one', protocol, 'every response names its issuer'],
    ['request, request_uri, registration', 'refused', protocol, 'requests by value or by reference'],
  ],
  'JWT confusion': [
    [
      'alg none, HS256 with the public key, no signature',
      '401',
      protocol,
      'without signature, or signed with the public key',
    ],
    [
      'kid as path or SQL, jwk, jku, x5u, crit',
      '401, nothing fetched',
      protocol,
      'that brings or names its own key',
    ],
    ['other type, audience, issuer, time', '401', protocol, 'of another type, audience, issuer or time'],
    [
      'ID token as access token and the other way round',
      '401, invalid_request',
      protocol,
      'of one kind is not taken for another',
    ],
    ['a token bound to a key as bearer', '401', protocol, 'bound to a key of its holder'],
    ['a forged id_token_hint', '400, nothing leaves', protocol, 'as a hint at who is logged in'],
    ['a forged or replayed client assertion', '401', protocol, 'as a client’s assertion is pinned'],
    [
      'a receipt with alg none, HS256, own chain or key',
      'refused',
      licences,
      'is refused with any other algorithm',
    ],
  ],
  SSRF: [
    [
      'jwks_uri to loopback in ten spellings, by redirect',
      'no connection, 401',
      outward,
      'by jwks_uri does not arrive',
    ],
    [
      'sector_identifier_uri',
      'no connection, not registered',
      outward,
      'by sector_identifier_uri does not arrive',
    ],
    ['request_uri', 'never fetched', outward, 'by request_uri is not even thought of'],
    ['backchannel_logout_uri', 'no connection', outward, 'by backchannel_logout_uri does not arrive'],
    ['a register that redirects inside', 'no connection', outward, 'by a register that redirects'],
    [
      'a name that changes between check and use',
      'the checked address is used',
      '../outbound/guard',
      'is resolved once for a connection',
    ],
  ],
  session: [
    ['fixation at login', 'new id, the planted one opens nothing', session, 'gets a new id at login'],
    ['fixation at step-up', 'new id, the copied one opens nothing', session, 'gets a new id at step-up'],
    ['fixation of the portal', 'new id', session, 'of the portal gets a new id'],
    ['interaction of A in browser B', '410, nothing done', session, 'shows nothing and does nothing'],
    ['the end of A’s login in browser B', '400, nobody logged in', session, 'is not resumed there either'],
    ['login CSRF by form; by callback', '403; 400', session, 'from a foreign page is refused'],
    [
      'CSRF on login, sms, registration, recovery, abort',
      '403 with a way back',
      session,
      'gets 403 with a way back on every form of a login',
    ],
    ['CSRF on consent', '403 with a way back', session, 'gets 403 with a way back on consent'],
    ['CSRF on logout', '403 with a way back', session, 'gets 403 with a way back on logout'],
    [
      'CSRF on the account',
      '403 with a way back',
      session,
      'gets 403 with a way back on every form of the account',
    ],
    [
      'CSRF on every form of wallet, counter, desks of staff, invitation',
      '403',
      wallet,
      'that changes something refuses what a foreign page sends',
    ],
  ],
  'framing, XSS, open redirect': [
    [
      'a frame around any page, error or redirect',
      "frame-ancestors 'none', DENY",
      session,
      'forbids frames and inline scripts',
    ],
    ['state in form_post', 'escaped, on a page of ours', session, 'in form_post mode is a page'],
    [
      'login_hint, ui_locales, state, client_name, typed text',
      'stands as text',
      session,
      'stands on the login page as text',
    ],
    ['queries, paths, User-Agent of every page', 'stands as text', session, 'stands on the account pages'],
    [
      'post_logout_redirect_uri nearly right',
      '400, nothing leaves',
      session,
      'after logout to %s is refused',
    ],
    ['returnTo, Referer, Host, //host', 'stays on our origin', session, 'by members of our own addresses'],
    ['names of types, fields of licences', 'stand as text', licences, 'stands as text wherever it is shown'],
    [
      'bidi, control and half characters in licences',
      '422 with pointers',
      licences,
      'holds no characters that turn text round',
    ],
    ['operators of a PDF in a field', 'drawn as text', licences, 'is drawn as text, also where it looks'],
    ['names of files', 'made by us, sandboxed', licences, 'goes out under a name that is no header'],
    [
      'escape sequences in names of signers',
      'not shown',
      licences,
      'names its signer in characters that only',
    ],
    ['escape sequences in a receipt', 'not shown', licences, 'is refused with any other algorithm'],
    ['markup in purpose, case, objection', 'stands as text', wallet, 'stands as text on the holder’s pages'],
    [
      'a purpose that shows as another one',
      '422, invalid_authorization_details',
      wallet,
      'cannot be written in characters that deceive',
    ],
  ],
  enumeration: [
    [
      'numbers of licences, of types that are granted and that are not',
      'same answer, same look-up',
      verification,
      'answers the same for unknown and for forbidden numbers',
    ],
    [
      'codes expired, used and guessed',
      'same words, then 429; a right one passes',
      verification,
      'answers once; a screenshot used later, a used code and a guess',
    ],
    [
      'tokens of status pages',
      '404 that looks the same, not indexed',
      verification,
      'looks the same for a code that leads nowhere',
    ],
    [
      'login by password, to the lock',
      'same pages, statuses, headers',
      session,
      'gets the answers of somebody who is: login by password',
    ],
    [
      'a lock by one name seen by another name',
      'counts by the name typed',
      session,
      'is not told apart by a lock',
    ],
    ['a code by SMS', 'same', session, 'gets the answers of somebody who is: a code by SMS'],
    [
      'registration by a stranger',
      'same, to the second proof',
      session,
      'gets the answers of somebody who is: registration',
    ],
    ['recovery', 'same', session, 'gets the answers of somebody who is: recovery'],
    ['options of a passkey', 'the same for all', session, 'gets the options of a passkey'],
    ['time', 'same work', session, 'costs the same work'],
    ['client ids at the token endpoint', 'one answer', protocol, 'without the right secret gets one answer'],
    [
      'a licence of somebody else at a desk, also of a higher level',
      'as if it were not',
      wallet,
      'tells a licence of somebody else from none',
    ],
    [
      'numbers gone through at a counter',
      '429 after sixty, right ones too',
      wallet,
      'where somebody goes through numbers',
    ],
  ],
  OTP: [
    ['guessing', 'over after five', limits, 'is over after five wrong tries'],
    ['50 guesses at once, two processes, both stores', 'five count', races, '50 guesses at one code'],
    ['the right code 50 times', 'one login', races, '50 times the right code'],
    ['reuse', 'refused', limits, 'works once'],
    ['another login, another errand', 'refused', limits, 'belongs to its login'],
    ['later than five minutes', 'refused', limits, 'is over after five minutes'],
    ['bombing a phone', '429, twelve a day in all', limits, 'cannot be ordered to bomb a phone'],
    ['spraying over many people', 'a cap for unknown devices', '../identity/login', 'stops spraying'],
    ['passing a code on', 'the message names the service', limits, 'names the service'],
    [
      'guessing a password',
      '429 growing, the owner gets in',
      limits,
      'guessed by strangers locks strangers out',
    ],
  ],
  injection: [
    [
      'characters that deceive in objections and answers',
      '422',
      meanwhile,
      'and its answer hold no characters that deceive',
    ],
    [
      '{"$ne":""}, templates, paths, SQL in every form',
      'no failure',
      limits,
      'into the fields of every form',
    ],
    ['a[$gt]=, __proto__, doubled names', '400 or 422', limits, 'of operators by names with brackets'],
    ['deep, long or misshapen JSON', '400 or 422', limits, 'of JSON that is too deep'],
    ['into a passkey', 'refused passkey', limits, 'into a passkey’s answer'],
    ['into OAuth parameters and claims', 'OAuth error', limits, 'into the protocol’s parameters'],
    ['members of a licence that nobody may send', '422', licences, 'is not widened by members'],
    [
      '$ref, code, prototypes, templates by __proto__ in a type',
      '400 or 422',
      licences,
      'takes references, code, endless sizes',
    ],
    ['numbers beyond JSON, with a key for repeats', '400', licences, 'with numbers that no JSON can hold'],
    [
      'misshapen multipart forms, doubled files, names of paths',
      '4xx, nothing fails',
      wallet,
      'sends no form that fails',
    ],
  ],
  'object access': [
    [
      'a service item given more after a consent',
      'what was agreed to, no more',
      meanwhile,
      'is learned by no consent that was given before',
    ],
    [
      'given more between the consent page and its answer',
      'what the page named, no more',
      meanwhile,
      'is learned by no consent whose page',
    ],
    ['given more while the holder confirms at a desk', 'the same', meanwhile, 'is learned at no desk'],
    [
      'a licence with a new holder: uses, objection, code as of before',
      'nothing of the former holder’s',
      meanwhile,
      'shows neither what the former did',
    ],
    [
      'a verifier beyond its service items or scope',
      '403 that says nothing of a licence',
      verification,
      'is for clients of the service item with the scope',
    ],
    [
      'a verifier without consent, or after it was withdrawn',
      'as if there were no licence',
      '../verification/verify',
      'needs the holder’s live consent',
    ],
    [
      'a named holder’s licence that is another’s',
      'nothing is told of it',
      '../verification/verify',
      'tells nothing of a licence that is not the named holder’s',
    ],
    [
      'visits and results of a colleague at the counter',
      '404',
      verification,
      'shows nobody what a colleague works on',
    ],
    ['account pages without login', 'to the login', session, 'account pages lead to a login'],
    ['sessions, grants of another by id', 'as if they were not', session, 'sessions cannot be ended'],
    ['passkeys of another', 'as if they were not', session, 'passkeys are neither shown'],
    ['another’s code for a new phone', 'refused', session, 'code for a new phone'],
    ['drafts of another browser', 'starts again', session, 'does not lead one person’s registration'],
    [
      'leaving out steps of registration or recovery',
      'no account',
      session,
      'identity is not registered, nor recovered',
    ],
    ['consent or level without login', 'refused', session, 'consent is not given'],
    ['claims beyond registration or consent', 'not given', session, 'data goes to no site beyond'],
    ['another client’s tokens', 'inactive, untouched', protocol, 'neither learns of, nor ends'],
    [
      'a licence of another authority: read, file, change, move, renew',
      '404, as if it were not',
      licences,
      'is read, changed, moved and renewed by nobody else',
    ],
    ['a type that a system may not work on', '404', licences, 'is out of reach of a system'],
    ['a licence next door, by a clerk', '404', licences, 'is found, shown and moved by no clerk'],
    [
      'issuing without the right, unknown types',
      'one 403',
      licences,
      'is asked for the type and the authority',
    ],
    ['issuing by new versions after the right ended', '403', licences, 'to issue ends for new versions too'],
    ['types of another authority', '403', licences, 'to define types ends at the code'],
    [
      'an Idempotency-Key of another client',
      'nothing of theirs',
      licences,
      'of another client leads to nothing',
    ],
    ['a seal of another authority', '403 or 404', licences, 'is neither seen nor touched by a keeper'],
    ['a seal under another authority’s name', '404', licences, 'is not applied for under another'],
    [
      'a company’s licence after the register names another',
      'not shown, not offered',
      wallet,
      'gets no licence of a company from whom',
    ],
    ['another’s ticket at a desk', 'nothing shown', wallet, 'is confirmed with one’s own ticket'],
    [
      'a visit of an authority that its official left',
      '404',
      wallet,
      'works for no authority that its official',
    ],
    ['another authority or item at a counter', '403', wallet, 'begins nothing for an authority or an item'],
    ['asking consent for an item of others', 'refused', wallet, 'cannot deceive on the consent page either'],
    [
      'a consent of another site, case, holder, type',
      'the words for none',
      wallet,
      'learns by no consent of another',
    ],
    ['a receipt’s proof of another client', 'as if it were not', wallet, 'uses no code up by looking'],
    [
      'a file passed off as of another type or authority',
      'not valid, nothing told',
      wallet,
      'who names a type or an authority with a file',
    ],
    ['an objection to another authority', '404', wallet, 'is read and answered by no clerk'],
    ['pages of staff by a person, wallet by staff', '403', wallet, 'is kept by no cache, framed by nobody'],
  ],
  denial: [
    [
      'many numbers at a counter before the first answer',
      '429 after what somebody types',
      meanwhile,
      'answers no more numbers than somebody types',
    ],
    ['bodies over the limit, with or without length', '413', limits, 'of a body for %s is refused with 413'],
    ['compressed bodies', '415', limits, 'packed into little is not unpacked'],
    [
      '10,000 scopes, 300 parameters, long addresses',
      '413, 400, 431 at once',
      limits,
      'of everything else is refused at once',
    ],
    ['one act by one address', '429 with Retry-After', limits, 'of one link by one address'],
    [
      'a flood of passwords',
      '503 with Retry-After, the rest answers',
      limits,
      'is bounded: beyond the queue',
    ],
    ['limits passed by a made-up address', '429', limits, 'cannot be ordered more often'],
    [
      'patterns of types that never end',
      '422 before they are tried',
      licences,
      'cannot be checked by %s: no number or field',
    ],
    [
      'certificates that all vouch for each other',
      'refused after few steps',
      licences,
      'is refused after few steps, however many',
    ],
    [
      'huge and deep receipts and proofs',
      'refused in seconds',
      licences,
      'costs little however large or deep',
    ],
    [
      'many packed streams in a PDF',
      'refused at 64 MB in all',
      licences,
      'takes no more memory by many packed',
    ],
    ['a PDF that unpacks to gigabytes', 'a report in seconds', licences, 'costs a bounded time'],
  ],
  insiders: [
    ['reading the logs', 'no identifier, code, token, cookie', outward, 'leaves no identifier'],
    ['reading addresses', 'no personal data', outward, 'puts no personal data'],
    ['reading events and metrics', 'random ids only', outward, 'leaves nothing of it in the log of events'],
    ['copying the store', 'nothing readable', outward, 'leaves nothing readable in the files'],
    [
      'changing the log',
      'the damaged batch is named',
      '../audit/check',
      'names the batch in which any one byte',
    ],
    [
      'looking into a licence by any page',
      'an event each time',
      licences,
      'who looks into a licence is in the log',
    ],
    ['reading an objection', 'an event each time', meanwhile, 'who reads an objection is in the log'],
    ['invitations in logs and addresses', 'not there', wallet, 'stays out of logs and of the addresses'],
    [
      'numbers of licences, codes, cases in the logs',
      'not there',
      wallet,
      'leaves no identifier, number of a licence',
    ],
  ],
  'bad input': [
    ['an unknown path', '404, page or document', limits, 'an unknown path: 404'],
    ['a wrong method', '405 with Allow', limits, 'a wrong method: 405'],
    ['a login that is over', '410, starts again at the site', limits, 'a login that is over'],
    ['a register that is down', '您的信息已保存', limits, 'a register that is down'],
  ],
};

const sourceOf = (file: string) => readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8');
const rows = Object.entries(table).flatMap(([name, list]) => list.map((row) => [name, ...row] as const));

describe('the table of attacks', () => {
  it('has a test for every row, which is there under its name', () => {
    const missing = rows.filter(([, , , file, title]) => !sourceOf(file).includes(`'${title}`));
    expect(missing).toEqual([]);
  });

  it('knows every file that attacks', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((name) =>
      /^attack-.*\.test\.ts$/.test(name),
    );
    const named = new Set([...rows.map(([, , , file]) => `${file}.test.ts`), 'attack-table.test.ts']);
    expect(files.filter((name) => !named.has(name))).toEqual([]);
  });

  it('reads', () => {
    const lines = rows.map(([name, tried, answer, file]) =>
      [name.padEnd(33), tried.padEnd(68), answer.padEnd(46), file.replace('../', '')].join(' '),
    );
    process.stdout.write(`\n${lines.join('\n')}\n`);
    expect(lines.length).toBeGreaterThan(80);
  });
});
