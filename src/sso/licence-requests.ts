import { type AuthorizationDetail, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import type { LicenceRequest, LicenceRequestsPort } from './port.ts';

/** The one type of authorization details: a site asks to verify licences of the person for one matter. */
const licenceRequestType = 'licence_verification';

/** A login asks for few things; a person reads all of them. */
const mostRequests = 5;

const code = z.string().regex(/^[\w.:-]{1,64}$/);
const requestSchema = z
  .strictObject({
    type: z.literal(licenceRequestType),
    licence_types: z
      .array(code)
      .min(1)
      .max(10)
      .refine((codes) => new Set(codes).size === codes.length, 'licence_types must not repeat themselves'),
    purpose: z.string().trim().min(1).max(200),
    service_item_code: code,
    case_number: z.string().trim().min(1).max(64),
    valid_until: z.iso.datetime().optional(),
    reads: z.int().min(1).max(100).optional(),
  })
  .meta({ id: 'LicenceVerificationRequest' });

/** One entry of authorization_details on the wire. */
type WireRequest = z.infer<typeof requestSchema>;

function parse(detail: unknown): WireRequest {
  const parsed = requestSchema.safeParse(detail);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || licenceRequestType;
  throw new errors.InvalidAuthorizationDetails(`${place}: ${issue?.message ?? 'not in the right form'}`);
}

function outward(detail: WireRequest): LicenceRequest {
  const { licence_types: licenceTypes, purpose, service_item_code, case_number, valid_until, reads } = detail;
  return {
    licenceTypes,
    matter: { purpose, serviceItemCode: service_item_code, caseNumber: case_number },
    ...(valid_until !== undefined && { validUntil: Date.parse(valid_until) }),
    ...(reads !== undefined && { reads }),
  };
}

/** The requests of an authorization request, in its order; validation has passed. */
export function licenceRequestsOf(text: unknown): LicenceRequest[] {
  if (typeof text !== 'string') return [];
  return (JSON.parse(text) as unknown[]).map((detail) => outward(parse(detail)));
}

/** What a consent page's answer left in the interaction: the consent behind each request, in their order; null where refused. */
export interface GrantedShares {
  shares?: readonly (string | null)[] | undefined;
}

/** What was asked, with the id of each consent; what the person refused is left out. */
function granted(ctx: KoaContextWithOIDC): AuthorizationDetail[] {
  const text = ctx.oidc.params?.authorization_details;
  const { shares = [] } = (ctx.oidc.result?.consent ?? {}) as GrantedShares;
  const details = typeof text === 'string' ? (JSON.parse(text) as AuthorizationDetail[]) : [];
  return details.flatMap((detail, index) => {
    const shareId = shares[index];
    return shareId ? [{ ...detail, share_id: shareId }] : [];
  });
}

/**
 * Authorization details in the provider: validated when the request arrives, answered with what the person consented to in
 * the token response and at introspection, each with the `share_id` that the site sends along when it verifies.
 * @see RFC 9396 2, 5, 7, 9.2
 */
export function createLicenceRequests(port: LicenceRequestsPort) {
  return {
    enabled: true as const,
    types: {
      [licenceRequestType]: {
        async validate(ctx: KoaContextWithOIDC, detail: unknown) {
          const count = (JSON.parse(String(ctx.oidc.params?.authorization_details)) as unknown[]).length;
          if (count > mostRequests)
            throw new errors.InvalidAuthorizationDetails(`at most ${mostRequests} authorization details`);
          const refusal = await port.refusal(outward(parse(detail)), ctx.oidc.client?.clientId ?? '');
          if (refusal) throw new errors.InvalidAuthorizationDetails(refusal);
        },
      },
    },
    authorizationDetailsForGrantSource: granted,
    authorizationDetailsForAccessToken(
      ctx: KoaContextWithOIDC,
      _token: unknown,
      source: { rar?: AuthorizationDetail[] | undefined } | undefined,
    ) {
      // Consent is given on a page: the token endpoint hands out what it was given for, and takes no wishes.
      if (ctx.oidc.params?.authorization_details !== undefined)
        throw new errors.InvalidAuthorizationDetails(
          'authorization_details belong in the authorization request',
        );
      return source?.rar;
    },
    authorizationDetailsForIntrospection: (
      _ctx: KoaContextWithOIDC,
      token: { rar?: AuthorizationDetail[] | undefined },
    ) => token.rar,
  };
}
