import type { OpenAPIObject } from '@nestjs/swagger';

/** Descriptions of fields that mean the same in every schema. */
const COMMON: Record<string, string> = {
  id: 'The id.',
  name: 'The name.',
  description: 'A description for people.',
  status: 'The status.',
  version: 'The version, which increases with every change. The ETag is made from it.',
  createdAt: 'The time of creation.',
  updatedAt: 'The time of the last change.',
  startedAt: 'The time of the start.',
  finishedAt: 'The time of the end. Null until then.',
  expiresAt: 'The time of expiry.',
  createdBy: 'The id of the user who created it. Null when no user did.',
  email: 'The email address.',
  username: 'The username.',
  role: 'The role in the tenant.',
  firstName: 'The first name.',
  lastName: 'The last name.',
  displayName: 'The name to show to others.',
  avatarUrl: 'The URL of a picture.',
  locale: 'The language, as a BCP 47 tag.',
  timezone: 'The time zone, by its IANA name.',
  ipAddress: 'The IP address that the request came from.',
  userAgent: 'The `User-Agent` of the request.',
  requestId: 'The id of the request.',
  comment: 'A comment for people.',
  durationMs: 'The duration in milliseconds.',
  timeoutMs: 'The time limit in milliseconds.',
};

interface Described {
  $ref?: string;
  description?: string;
}

/** Describes fields without a description by the general meaning of their names. */
export function describeFields({ components }: OpenAPIObject): void {
  for (const schema of Object.values(components?.schemas ?? {})) {
    const { properties = {} } = schema as { properties?: Record<string, Described> };
    for (const [name, field] of Object.entries(properties)) {
      const description = COMMON[name];
      if (description && !field.$ref && field.description === undefined) field.description = description;
    }
  }
}
