import { type DynamicModule, Global, Module } from '@nestjs/common';
import { definePermissions } from '../identity/permissions.js';
import type { FoundManifest } from './manifest.js';
import { Manifests } from './manifests.js';

/** Provides the declarations of all manifests. */
@Global()
@Module({})
export class ManifestModule {
  static of(found: readonly FoundManifest[]): DynamicModule {
    const useFactory = (): Manifests => {
      const manifests = new Manifests(found);
      definePermissions(manifests.permissions);
      return manifests;
    };
    return { module: ManifestModule, providers: [{ provide: Manifests, useFactory }], exports: [Manifests] };
  }
}
