import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { StartupError } from '../errors/startup.error.js';
import { ALLOW_METADATA, PUBLIC_METADATA } from '../identity/auth.decorators.js';
import { isPermission, undeclared } from '../identity/permissions.js';

type Handler = (...args: never[]) => unknown;

/**
 * Refuses to start when a route can never be called: one without `@Allow` or `@Public`, or one that requires a
 * permission that no module declares. Without this check the guard would answer 403 to everyone, with no explanation.
 */
@Injectable()
export class RouteRightsCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** @throws StartupError listing every such route and what to add. */
  onModuleInit(): void {
    const problems = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, Handler>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => Reflect.hasMetadata(PATH_METADATA, prototype[name]!))
        .flatMap((name) => this.problemOf(`${metatype.name}.${name}`, [prototype[name]!, metatype as never]));
    });
    if (problems.length > 0) throw new StartupError(problems);
  }

  private problemOf(route: string, targets: [Handler, Handler]): string[] {
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, targets)) return [];
    const permission = this.reflector.getAllAndOverride<string | undefined>(ALLOW_METADATA, targets);
    if (permission === undefined) {
      return [`${route} does not declare who may call it. Add @Allow('<noun>:<verb>'), or @Public() for everybody.`];
    }
    return isPermission(permission) ? [] : [`${route} ${undeclared(permission)}`];
  }
}
