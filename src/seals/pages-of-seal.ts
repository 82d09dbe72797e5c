import { Problem } from '../core/index.ts';
import type { FieldFault, PageReply, Route } from '../http/index.ts';
import { type At, type Desk, keptBy, sealsPath } from './pages-desk.ts';
import type { CertificateFault, Seal, SealAction, SealRefusal } from './register-port.ts';
import { actionsFrom, mayAct, sealTransitions } from './transitions.ts';

/** The seal of the address, if it is one that the caller may see. @throws {Problem} not-found */
async function sealOf(desk: Desk): Promise<Seal> {
  const seal = await desk.register.find(desk.request.params.id ?? '');
  const kept = keptBy(desk);
  if (!seal || (kept && !kept.includes(seal.ownerCode))) throw new Problem('not-found');
  return seal;
}

/** What the caller may do to a seal now. */
function actionsOf({ actor }: Desk, seal: Seal): SealAction[] {
  return actionsFrom(seal.status).filter((action) => {
    const rule = sealTransitions[action];
    return mayAct(actor, rule, seal.ownerCode) && !(rule.byAnother && actor.id === seal.appliedBy);
  });
}

const usesOnPage = 20;

async function showSeal(desk: Desk, seal: Seal, faults: readonly FieldFault[] = []): Promise<PageReply> {
  const { register, request } = desk;
  const { after } = request.query;
  const [certificate, uses, count, owner] = await Promise.all([
    register.certificateOf(seal.id),
    desk.uses(seal.id, { limit: usesOnPage, ...(after && { after }) }),
    register.countUses(seal.id),
    desk.authorities.find(seal.ownerCode),
  ]);
  const actions = actionsOf(desk, seal);
  const mayInstall =
    mayAct(desk.actor, sealTransitions.activate, seal.ownerCode) &&
    !['applied', 'revoked'].includes(seal.status);
  return desk.show(
    'seal',
    {
      ...{ seal, certificate, count, mayInstall, owner: owner?.name ?? seal.ownerName },
      address: `${sealsPath}/${seal.id}`,
      actions: actions.filter((action) => action !== 'activate'),
      isOwn: seal.appliedBy === desk.actor.id && seal.status === 'applied',
      uses: uses.items,
      next: uses.next && `${sealsPath}/${seal.id}?${new URLSearchParams({ after: uses.next })}#uses`,
    },
    faults,
  );
}

async function showPicture(desk: Desk): Promise<PageReply> {
  const { ownerName, name, codeNumber, diameterMm } = await sealOf(desk);
  const svg = await desk.register.preview({ ownerName, name: name.zh, codeNumber, diameterMm });
  if (!svg) throw new Problem('not-found');
  return { file: Buffer.from(svg), type: 'image/svg+xml', name: 'seal.svg' };
}

async function sendRequest(desk: Desk): Promise<PageReply> {
  const { id } = await sealOf(desk);
  const pem = await desk.register.request(id);
  if (!pem) throw new Problem('not-found');
  return { file: Buffer.from(pem), type: 'application/x-pem-file', name: `seal-${id}.csr.pem` };
}

const certificateFaults: Record<CertificateFault, FieldFault['text']> = {
  unreadable: {
    zh: '没有读到 PEM 格式的证书，请粘贴完整的证书链，印章证书在最前',
    en: 'There is no certificate in PEM here. Paste the whole chain, the seal first',
  },
  'other-key': {
    zh: '证书与本印章的密钥不符，请用本页下载的证书请求重新申领',
    en: 'The certificate is for another key. Send this seal’s own request to the authority',
  },
  unfit: {
    zh: '证书不能用于签章，请向发证机构申领电子印章证书',
    en: 'The certificate may not sign. Ask the authority for one for electronic seals',
  },
  'not-in-time': {
    zh: '证书或其上级证书现在不在有效期内',
    en: 'The certificate, or one above it, is not valid now',
  },
  untrusted: {
    zh: '证书不是本机构受信任的发证机构签发，或证书链不完整',
    en: 'It is from nobody who may vouch for this authority, or the chain is not complete',
  },
  'already-installed': { zh: '该证书已安装', en: 'This certificate is installed already' },
};

/** What else stands against a change; the page is then as it is now. @throws {Problem} */
function refused({ outcome }: SealRefusal): never {
  throw new Problem(outcome === 'wrong-status' ? 'version-conflict' : 'not-found');
}

async function install(desk: Desk): Promise<PageReply> {
  const seal = await sealOf(desk);
  const { actor, request, register } = desk;
  const done = await register.install({ sealId: seal.id, actor, pem: request.body.chain ?? '' });
  if (done.outcome === 'certificate-refused')
    return showSeal(desk, seal, [{ field: 'chain', text: certificateFaults[done.fault] }]);
  if (done.outcome !== 'installed') return refused(done);
  return { redirect: `${sealsPath}/${seal.id}?done=installed` };
}

type PageAction = Exclude<SealAction, 'activate'>;

async function confirm(
  desk: Desk,
  action: PageAction,
  faults: readonly FieldFault[] = [],
): Promise<PageReply> {
  const seal = await sealOf(desk);
  if (!actionsOf(desk, seal).includes(action)) throw new Problem('not-found');
  const count = await desk.register.countUses(seal.id);
  const { needsReason } = sealTransitions[action];
  const reason = desk.request.body.reason ?? '';
  return desk.show(
    'act',
    {
      ...{ seal, action, count, needsReason, reason },
      ...{ isStamped: desk.level === 'b-t', address: `${sealsPath}/${seal.id}` },
    },
    faults,
  );
}

const reasonMissing: FieldFault = {
  field: 'reason',
  text: { zh: '请写明原因', en: 'Say why' },
};

async function act(desk: Desk, action: PageAction): Promise<PageReply> {
  const { id } = await sealOf(desk);
  const { actor, request, register } = desk;
  const reason = (request.body.reason ?? '').slice(0, 500);
  const done = await register.act(action, { sealId: id, actor, reason });
  if (done.outcome === 'reason-missing') return confirm(desk, action, [reasonMissing]);
  if (done.outcome !== 'changed') return refused(done);
  return { redirect: `${sealsPath}/${id}?done=${action}` };
}

const summaries: Record<PageAction, string> = {
  approve: 'Approves a seal that somebody else applied for',
  suspend: 'Takes a seal out of use for a time',
  resume: 'Puts a suspended seal into use again',
  revoke: 'Takes a seal out of use for good, or refuses an application',
};

/** The pages of one seal. */
export function registerPages(at: At): readonly Route[] {
  const actions = (Object.keys(summaries) as PageAction[]).flatMap((action) => [
    at('GET', `/{id}/${action}`, { summary: `Asks: ${summaries[action]}`, fresh: true }, (desk) =>
      confirm(desk, action),
    ),
    at('POST', `/{id}/${action}`, { summary: summaries[action], fresh: true }, (desk) => act(desk, action)),
  ]);
  return [
    at('GET', '/{id}', { summary: 'One seal: picture, certificate, history, uses' }, async (desk) =>
      showSeal(desk, await sealOf(desk)),
    ),
    at('GET', '/{id}/picture', { summary: 'The picture of a seal' }, showPicture),
    at('GET', '/{id}/request', { summary: 'The certificate request of a seal (PKCS #10)' }, sendRequest),
    at(
      'POST',
      '/{id}/certificate',
      { summary: 'Installs a certificate', roles: ['seal-keeper'], fresh: true },
      install,
    ),
    ...actions,
  ];
}
