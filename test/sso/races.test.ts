import { ssoRaces } from './races.ts';

ssoRaces('the embedded store');
