import { isIP } from 'node:net';
import type { Request } from 'express';
import { InvalidInputError } from '../errors/app-error.js';
import { isUuid } from '../tenancy/is-uuid.js';
import { type TenantName, tenantNameOf } from './tenant-resolver.js';
import type { TenantSource } from '../tenancy/tenant-context.js';
import type { IdentifiedRequest } from '../identity/auth.decorators.js';

/** One way in which a request names its tenant. */
export interface TenantHint {
  readonly source: Extract<TenantSource, 'header' | 'path' | 'host'>;
  readonly name: TenantName;
}

const SLUG = /^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/i;
const DOMAIN = /^(?=.{3,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/**
 * Returns all hints of a request in order of precedence: X-Tenant-ID, X-Tenant-Slug, path, host.
 * @throws InvalidInputError when a header cannot be the name of a tenant.
 */
export function tenantHintsOf(request: Request & IdentifiedRequest, baseDomain: string | undefined): TenantHint[] {
  const hints: TenantHint[] = [];
  const id = headerOf(request, 'X-Tenant-ID', isUuid, 'a UUID');
  if (id !== undefined) hints.push({ source: 'header', name: { kind: 'id', value: id } });
  const slug = headerOf(request, 'X-Tenant-Slug', (value) => SLUG.test(value), 'a slug');
  if (slug !== undefined) hints.push({ source: 'header', name: { kind: 'slug', value: slug } });
  if (request.tenantPathHint !== undefined) {
    hints.push({ source: 'path', name: tenantNameOf(request.tenantPathHint) });
  }
  const host = hostName(request.hostname, baseDomain);
  if (host) hints.push({ source: 'host', name: host });
  return hints;
}

function headerOf(
  request: Request,
  header: string,
  fits: (value: string) => boolean,
  expected: string,
): string | undefined {
  const value = request.get(header);
  if (value === undefined || fits(value)) return value;
  const detail = `${header} must be ${expected}.`;
  throw new InvalidInputError(detail, [{ pointer: header, detail, code: 'invalid_header' }]);
}

/**
 * Accepts `<slug>.<BASE_DOMAIN>`, or what may be a tenant's own domain. IP addresses, single-label names and the base
 * domain itself name no tenant.
 */
function hostName(hostname: string | undefined, baseDomain: string | undefined): TenantName | null {
  const host = hostname?.toLowerCase().replace(/\.$/, '');
  if (!host || host === baseDomain || isIP(host) !== 0 || !DOMAIN.test(host)) return null;
  if (!baseDomain || !host.endsWith(`.${baseDomain}`)) return { kind: 'domain', value: host };
  const slug = host.slice(0, -baseDomain.length - 1);
  return SLUG.test(slug) ? { kind: 'slug', value: slug } : null;
}
