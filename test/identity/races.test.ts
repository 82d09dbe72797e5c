import { describe } from '@jest/globals';
import { identityRaces } from './races.ts';

describe('races over the embedded store', () => identityRaces());
