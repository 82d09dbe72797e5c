import type { Route } from '../http/index.ts';
import { showActing } from './acting.ts';
import { showConsent } from './consent.ts';
import type { PortalContext } from './deps.ts';
import { interactionPages } from './interaction.ts';
import { showLogin } from './log-in.ts';
import { isStaffElsewhere, showStaffElsewhere } from './staff-elsewhere.ts';
import { isStepUp, showStepUp } from './step-up.ts';

/** Where sso sends a person whenever something has to be asked: the question decides the page. */
export function interactionEntry(context: PortalContext): Route {
  const at = interactionPages(context);
  return at(
    'GET',
    '',
    'Asks what a login still needs: who, with more assurance, or whether the site may know',
    async (here) => {
      const { prompt } = here.details;
      const { as, way } = here.request.query;
      if (prompt === 'consent') return showConsent(here);
      if (prompt === 'acting') return showActing(here);
      if (isStaffElsewhere(here) && way === undefined) return showStaffElsewhere(here);
      if (prompt === 'create' && as !== 'other') return { redirect: `${here.base}/register` };
      if (isStepUp(here) && way === undefined) return showStepUp(here);
      return showLogin(here, way === 'sms' ? 'sms' : 'password');
    },
  );
}
