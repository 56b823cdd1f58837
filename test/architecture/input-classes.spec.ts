import 'reflect-metadata';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { packageRoot } from '../../src/common/config/package-root.js';
import { type ClassRules, rulesOf } from '../../src/common/http/input/class-rules.js';
import { sourceFiles } from './source-files.js';

const FILES = sourceFiles(['src'], ['.dto.ts', '.operation.ts', '.entity-writer.ts']);

/** Classes of input that these files declare: those whose properties have rules. */
async function inputClasses(): Promise<Type<object>[]> {
  const modules = await Promise.all(
    FILES.map(({ path }) => import(join(packageRoot(), path)) as Promise<Record<string, unknown>>),
  );
  return modules
    .flatMap((module) => Object.values(module))
    .filter((value): value is Type<object> => typeof value === 'function')
    .filter((type) => getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0);
}

describe('Classes of input', () => {
  let classes: Type<object>[];
  beforeAll(async () => {
    classes = await inputClasses();
  });

  it('are all found by this test', () => {
    expect(classes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['CreateUserDto', 'CreateWorkflowDto', 'WorkflowNodeDto', 'CreateApiKeyDto', 'LoginDto']),
    );
  });

  it('bound every list, and say of every object what it may hold, at any depth', () => {
    const seen = new Set<ClassRules>();
    const look = (rules: ClassRules): void => {
      if (seen.has(rules)) return;
      seen.add(rules);
      for (const { nested } of rules.properties.values()) if (nested) look(nested.rules());
    };
    const faults = classes.flatMap((type) => {
      try {
        look(rulesOf(type));
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    expect(faults).toEqual([]);
  });
});
