import { walletRaces } from './races.ts';

walletRaces('the embedded store');
