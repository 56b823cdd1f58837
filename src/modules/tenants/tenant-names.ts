import { isUuid } from '../../common/tenancy/is-uuid.js';

/** Slugs become host names and path segments, so names with a special meaning there are reserved. */
const RESERVED_SLUGS = new Set(
  `about account accounts admin administrator api app apps assets auth billing blog cdn dashboard dev docs
  email ftp graphql health help host hooks imap internal livez localhost login logout mail metrics mta-sts news
  null openapi pop pop3 platform postmaster public readyz register root security sessions settings signin signup
  smtp sso staging startupz static status store support system tenant tenants undefined users webhooks
  webmail webmaster wpad www www1 www2`.split(/\s+/),
);

/** Returns why a text cannot be a slug, or undefined. A slug cannot be mistaken for a domain (no dot) or an id. */
export function problemOfSlug(slug: string): string | undefined {
  if (slug.length < 3 || slug.length > 50) return 'must have 3 to 50 characters';
  if (!/^[a-z0-9-]+$/.test(slug)) return 'must consist of a-z, 0-9 and -';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(slug)) return 'must start and end with a letter or digit';
  if (slug.startsWith('xn--') || isUuid(slug)) return 'must not look like an id or an encoded domain';
  if (RESERVED_SLUGS.has(slug)) return 'is reserved';
  return undefined;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Returns why a text cannot be a custom domain, or undefined. Lower case, at least one dot, no IP address, no port. */
export function problemOfDomain(domain: string): string | undefined {
  if (!domain.includes('.')) return 'must contain a dot';
  // Checked before splitting: a body may contain half a million labels.
  if (domain.length > 253) return 'must be a lower-case host name';
  const labels = domain.split('.');
  if (!labels.every((label) => LABEL.test(label))) return 'must be a lower-case host name';
  if (/^[0-9]+$/.test(labels.at(-1) ?? '')) return 'must not be an address';
  return undefined;
}

/**
 * Hosts under the base domain are derived from slugs; a custom domain there could capture another tenant's visitors.
 */
export function belongsToBaseDomain(domain: string, baseDomain: string | undefined): boolean {
  return baseDomain !== undefined && (domain === baseDomain || domain.endsWith(`.${baseDomain}`));
}

/**
 * Returns the name of the schema that a tenant would have in a schema-per-tenant system. Slugs contain no underscore,
 * so the result is as unique as they are.
 */
export function schemaNameOf(slug: string): string {
  return `tenant_${slug.replaceAll('-', '_')}`;
}
