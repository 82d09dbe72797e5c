import { defineProblems } from '../core/index.ts';

/** Problems of this room. Faults of an input are `invalid-input` of http, all of them at once. */
export const licenceProblems = defineProblems({
  'not-entitled': {
    status: 403,
    title: { zh: '无权办理该类证照', en: 'Not entitled' },
    text: {
      zh: '您所代表的单位不能以该机关的名义办理该类证照。请核对证照类型代码和颁发机构代码，或请平台管理员登记制发权限。',
      en: 'You may not act for this authority on licences of this type. Check both codes, or ask the operator to register the right.',
    },
    meaning:
      'The caller does not act for the authority, the authority does not issue the type, or there is no such type: the three are not told apart.',
  },
  'licence-not-found': {
    status: 404,
    title: { zh: '没有找到该证照', en: 'No such licence' },
    text: {
      zh: '没有找到该证照，或您无权查看。请核对后重试。',
      en: 'There is no such licence, or it is not yours to see. Check what you asked for.',
    },
    meaning:
      'No licence has this id, or it belongs to an authority that the caller does not act for: not told apart.',
  },
  'licence-number-taken': {
    status: 409,
    title: { zh: '证照编号已被使用', en: 'Number already taken' },
    text: {
      zh: '该机关已用这个编号颁发过同类证照。请核对编号；要修改已颁发的证照，请办理变更。',
      en: 'This authority has already issued a licence of this type under this number. Check the number; to alter an issued licence, add a version to it.',
    },
    meaning: 'Type, issuer and number name one licence for ever. Nothing was stored.',
  },
  'already-renewed': {
    status: 409,
    title: { zh: '该证照已换发', en: 'Renewed already' },
    text: {
      zh: '要换发的证照已经换发，或另一份换发申请正在办理，本次没有颁发新证照。请查看原证照的状态。',
      en: 'The licence was renewed already, or another renewal of it is under way, and nothing was issued. Look at the status of the licence.',
    },
    meaning:
      'A licence has one successor. Of several renewals at once one is issued; where that one is cut off, another is let in half a minute later.',
  },
  'licence-busy': {
    status: 409,
    title: { zh: '该证照刚刚发生变化', en: 'The licence has just changed' },
    text: {
      zh: '办理期间该证照发生了变化，本次操作没有执行。请查看最新状态后重新办理。',
      en: 'The licence changed while you worked on it, and nothing was done. Look at it again and repeat what still applies.',
    },
    meaning: 'Another change of the same licence was committed first. Read it again and decide anew.',
  },
  'transition-not-allowed': {
    status: 409,
    title: { zh: '当前状态不能这样办理', en: 'Not possible in this state' },
    text: {
      zh: '该证照当前的状态不允许这项操作，请查看证照的状态。',
      en: 'The licence is in a state that this step does not start from. Look at its status.',
    },
    meaning:
      'The table of transitions has no row from the present state to the one asked for. `from` names the present one.',
  },
  'licence-ended': {
    status: 409,
    title: { zh: '证照已失去效力', en: 'The licence has ended' },
    text: {
      zh: '该证照已被撤销、吊销、注销、转出或被新证照取代，不能再变更或制作文件。',
      en: 'The licence was revoked, rescinded, cancelled, transferred or renewed. It is neither changed nor sealed any more.',
    },
    meaning:
      'A version, a file or a renewal was asked for of a licence that has ended. What exists stays readable.',
  },
  'licence-type-not-found': {
    status: 404,
    title: { zh: '没有该证照类型', en: 'No such type of licence' },
    text: {
      zh: '没有找到该证照类型，请核对类型代码。',
      en: 'There is no such type of licence. Check its code.',
    },
    meaning: 'No type has this code.',
  },
  'licence-type-taken': {
    status: 409,
    title: { zh: '证照类型代码已被使用', en: 'Type code already taken' },
    text: {
      zh: '该类型代码已被使用。要修改已有的类型，请用 PUT 提交新版本。',
      en: 'There is already a type with this code. PUT a new version to change it.',
    },
    meaning: 'The code of the new type is in use.',
  },
  'licence-type-changed': {
    status: 409,
    title: { zh: '证照类型已被他人修改', en: 'The type has changed meanwhile' },
    text: {
      zh: '该证照类型已有更新的版本，请重新读取后再修改。',
      en: 'There is a newer version of this type than the one you changed. Read it again and repeat your change.',
    },
    meaning: '`version` of the body is not the present version of the type.',
  },
});
