import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ALLOW_METADATA, PUBLIC_METADATA } from '../../src/common/identity/auth.decorators.js';

export interface DeclaredRoute {
  /** `PATCH /users/:id`, without prefix and version. */
  route: string;
  /** `UsersController.update` */
  handler: string;
  isPublic: boolean;
  permission?: string;
}

type Import = Type | DynamicModule | Promise<DynamicModule>;

/** All routes of a module and of what it imports, as their decorators declare them; nothing is started. */
export async function declaredRoutes(root: Type): Promise<DeclaredRoute[]> {
  const controllers = new Set<Type>();
  const seen = new Set<unknown>();
  const visit = async (given: Import): Promise<void> => {
    if (seen.has(given)) return;
    seen.add(given);
    const found = await given;
    const [module, dynamic] = 'module' in found ? [found.module, found] : [found, {}];
    const listed = <T>(kind: 'controllers' | 'imports', more: readonly T[] = []): T[] => [
      ...((Reflect.getMetadata(MODULE_METADATA[kind === 'imports' ? 'IMPORTS' : 'CONTROLLERS'], module) as T[]) ?? []),
      ...more,
    ];
    for (const controller of listed<Type>('controllers', dynamic.controllers)) controllers.add(controller);
    for (const imported of listed<Import>('imports', dynamic.imports as Import[])) await visit(imported);
  };
  await visit(root);
  return [...controllers].flatMap(routesOf).sort((one, other) => (one.route < other.route ? -1 : 1));
}

function routesOf(controller: Type): DeclaredRoute[] {
  const prototype = controller.prototype as Record<string, () => unknown>;
  const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name]!;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = Reflect.getMetadata(PATH_METADATA, handler) as string;
    const read = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
    return {
      route: `${RequestMethod[method]} /${[prefix, path]
        .flatMap((part) => part.split('/'))
        .filter(Boolean)
        .join('/')}`,
      handler: `${controller.name}.${name}`,
      isPublic: read(PUBLIC_METADATA) === true,
      permission: read(ALLOW_METADATA) as string | undefined,
    };
  });
}
