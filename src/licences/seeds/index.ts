import {
  businessLicence,
  constructionQualification,
  foodBusinessLicence,
  hygieneLicence,
} from './organisation.ts';
import { drivingLicence, marriageCertificate, residencePermit, socialSecurityCard } from './resident.ts';
import type { SeedType } from './words.ts';

/** The types that come with the house; an installation gets them under the code of its own defining authority. */
export const seedTypes: readonly SeedType[] = [
  residencePermit,
  marriageCertificate,
  drivingLicence,
  socialSecurityCard,
  businessLicence,
  foodBusinessLicence,
  constructionQualification,
  hygieneLicence,
];

export type { SeedType } from './words.ts';
