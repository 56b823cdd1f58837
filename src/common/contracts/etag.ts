import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { catchError, type Observable, tap } from 'rxjs';
import { InvalidInputError, StaleVersionError } from '../errors/app-error.js';
import { isUuid } from '../tenancy/is-uuid.js';
import { invalidId } from './id-param.js';

/** A resource edited by several people. `version` increases with every change that its representation shows. */
export interface Versioned {
  id: string;
  version: number;
}

/**
 * Returns the current version of the resource that a route names, so that a stale `If-Match` is reported even if the
 * body is invalid.
 */
export interface VersionSource {
  /** @throws the module's NotFoundError. */
  currentVersion(params: Record<string, string>): Promise<Versioned>;
}

const VERSION_SOURCE_METADATA = 'tenantry:version-source';

/** Returns the strong entity tag of a version, including its quotes. */
export function etagOf({ id, version }: Versioned): string {
  return `"${id}.${version}"`;
}

/**
 * Refuses a change based on a version other than the current one.
 * @param ifMatch the raw `If-Match` header; undefined and `*` always pass, a list passes if it contains the current
 * tag.
 * @throws StaleVersionError
 */
export function assertIfMatch(ifMatch: string | undefined, current: Versioned): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tag = etagOf(current);
  // A weak tag (W/"…") never matches, because splitting keeps its prefix.
  if (!ifMatch.split(',').some((candidate) => candidate.trim() === tag)) throw new StaleVersionError(tag);
}

/** Implements `@ETagged()`. Runs innermost, so that outer interceptors (idempotency) see the tag. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly moduleRef: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request<Record<string, string>>>();
    const source = this.reflector.get<Type<VersionSource> | undefined>(VERSION_SOURCE_METADATA, context.getHandler());
    return next.handle().pipe(
      tap((result) => this.setTag(request, http.getResponse(), result)),
      catchError((error: unknown) => this.judge(error, request, source)),
    );
  }

  private setTag(request: Request, response: Response, result: unknown): void {
    if (!isVersioned(result)) return;
    response.setHeader('ETag', etagOf(result));
    // The client's own cache may store it but must revalidate; Express turns a match into 304.
    if (request.method === 'GET' || request.method === 'HEAD') response.setHeader('Cache-Control', 'private, no-cache');
  }

  /**
   * Compares the tag before the body's problems are reported. Only a refused body costs the extra query; all other
   * changes are compared by the service.
   */
  private async judge(
    error: unknown,
    request: Request<Record<string, string>>,
    source?: Type<VersionSource>,
  ): Promise<never> {
    const ifMatch = request.get('if-match');
    const refusesBody =
      error instanceof InvalidInputError && error.problems.every(({ pointer }) => !/^[?:]/.test(pointer));
    if (ifMatch !== undefined && source && refusesBody) {
      // An invalid id is reported rather than the body: there is nothing to look up.
      const { id } = request.params;
      if (id !== undefined && !isUuid(id)) throw invalidId('id');
      const current = await this.moduleRef.get<VersionSource>(source, { strict: false }).currentVersion(request.params);
      assertIfMatch(ifMatch, current);
    }
    throw error;
  }
}

function isVersioned(result: unknown): result is Versioned {
  const { id, version } = (result ?? {}) as Partial<Versioned>;
  return typeof id === 'string' && typeof version === 'number';
}

/**
 * For handlers whose result has `id` and `version`: sends them as a strong `ETag`; GET answers 304 to a matching
 * `If-None-Match`. On PATCH, PUT and DELETE pass the provider (normally the service) that knows the current version;
 * then a stale `If-Match` gives 412 before an invalid body gives 400.
 */
export const ETagged = (source?: Type<VersionSource>): MethodDecorator =>
  applyDecorators(UseInterceptors(EtagInterceptor), SetMetadata(VERSION_SOURCE_METADATA, source));

/** The raw `If-Match` header of the request. Pass it to the service, which calls `assertIfMatch` in its transaction. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined =>
    context.switchToHttp().getRequest<Request>().get('if-match'),
  [
    (target, key) => {
      const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
      if (!key || !descriptor) return;
      ApiHeader({
        name: 'If-Match',
        required: false,
        description: 'The ETag that the change is based on. If it is not the current one, the response is 412.',
      })(target, key, descriptor);
    },
  ],
);
