import { getMetadataStorage, type ValidationArguments } from 'class-validator';

export type RuleMetadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

export interface Check {
  /** Name from which the problem's code is derived: `isEmail`, `maxLength`. */
  readonly name: string;
  readonly metadata: RuleMetadata;
  readonly isAsync: boolean;
  holds(object: object, value: unknown): boolean;
  messageFor(object: object, value: unknown): string;
}

export function toChecks(all: RuleMetadata[]): Check[] {
  return all.flatMap((metadata) =>
    getMetadataStorage()
      .getTargetValidatorConstraints(metadata.constraintCls)
      .map(({ name, instance, async }): Check => {
        const argumentsFor = (object: object, value: unknown): ValidationArguments => ({
          targetName: object.constructor.name,
          property: metadata.propertyName,
          object,
          value,
          constraints: metadata.constraints,
        });
        return {
          name: name || metadata.type,
          metadata,
          isAsync: async,
          holds(object, value) {
            if (metadata.validateIf && !metadata.validateIf(object, value)) return true;
            const given = argumentsFor(object, value);
            const judge = (item: unknown): boolean => instance.validate(item, given) as boolean;
            return metadata.each && Array.isArray(value) ? value.every(judge) : judge(value);
          },
          messageFor(object, value) {
            const given = argumentsFor(object, value);
            return messageOf(metadata, given, () => instance.defaultMessage?.(given) ?? '');
          },
        };
      }),
  );
}

/**
 * Returns the message of a rule with `$property`, `$constraint1` and `$target` filled in. The input value is never
 * included.
 */
export function messageOf(metadata: RuleMetadata, given: ValidationArguments, otherwise: () => string): string {
  const { message } = metadata;
  const text = typeof message === 'function' ? message(given) : message || otherwise();
  return text
    .replaceAll(/\$constraint(\d+)/g, (token, number: string) => {
      const constraint: unknown = given.constraints?.[Number(number) - 1];
      return constraint === undefined ? token : ([constraint].flat() as string[]).join(', ');
    })
    .replaceAll('$property', () => given.property)
    .replaceAll('$target', () => given.targetName);
}
