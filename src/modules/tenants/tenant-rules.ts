import { Transform } from 'class-transformer';
import { type FieldOptions, ruledField } from '../../common/contracts/fields.js';
import { LowerCased } from '../../common/contracts/input-rules.js';
import { ruleOf } from '../../common/values/rule-of.js';
import { problemOfDomain, problemOfSlug } from './tenant-names.js';

const ofText = (problemOf: (text: string) => string | undefined) => (value: unknown) =>
  typeof value === 'string' ? problemOf(value) : 'must be a string';

const IsSlug = ruleOf('isSlug', ofText(problemOfSlug));
const IsCustomDomain = ruleOf('isCustomDomain', ofText(problemOfDomain));
const IsQuota = ruleOf('isQuota', (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const names = Object.keys(value);
  if (names.length > 50 || !names.every((name) => /^[a-z][A-Za-z]{0,39}$/.test(name))) {
    return 'must name at most 50 resources';
  }
  const isCount = (count: unknown): boolean =>
    count === null || (Number.isInteger(count) && (count as number) >= 0 && (count as number) <= 1_000_000_000);
  return Object.values(value).every(isCount) ? undefined : 'must set every resource to an integer';
});

export const SlugField = (): PropertyDecorator =>
  ruledField(
    { type: String, minLength: 3, maxLength: 50, pattern: '^[a-z0-9][a-z0-9-]+[a-z0-9]$' },
    { example: 'acme-corp' },
    IsSlug(),
  );

/** A custom domain, converted to lower case. */
export const DomainField = (): PropertyDecorator =>
  ruledField(
    { type: String },
    { optional: true, nullable: true, example: 'app.acme.example' },
    LowerCased(),
    IsCustomDomain(),
  );

/** Limits by resource, e.g. `{ users: 50 }`; on PATCH `null` removes an override. */
export const QuotaField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField(
    { type: 'object', additionalProperties: { type: 'integer' } },
    { example: { users: 50 }, ...options },
    IsQuota(),
  );

/** Accepts `pro`, as other systems call it, for `professional`. */
export const PlanAlias = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'pro' ? 'professional' : value));
