import type { LicenceContent, Template } from '../template.ts';
import { businessLicence } from './business-licence.ts';
import { constructionQualification } from './construction-qualification.ts';
import { drivingLicence } from './driving-licence.ts';
import { foodBusinessLicence } from './food-business-licence.ts';
import { hygieneLicence } from './hygiene-licence.ts';
import { marriageCertificate } from './marriage-certificate.ts';
import { previews } from './previews.ts';
import { residencePermit } from './residence-permit.ts';
import { socialSecurityCard } from './social-security-card.ts';

/** The templates that come with the house, by name. */
export const templates = {
  'residence-permit': residencePermit,
  'marriage-certificate': marriageCertificate,
  'driving-licence': drivingLicence,
  'social-security-card': socialSecurityCard,
  'business-licence': businessLicence,
  'food-business-licence': foodBusinessLicence,
  'construction-qualification': constructionQualification,
  'hygiene-licence': hygieneLicence,
} as const satisfies Record<string, Template>;

/** Name of a template that comes with the house. */
export type TemplateName = keyof typeof templates;

/** A template with a specimen's content: for looking at it, never for issuing. */
export function previewTemplate(name: TemplateName): { template: Template; content: LicenceContent } {
  return { template: templates[name], content: previews[name] };
}
