import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IntegerField } from '../../common/contracts/fields.js';
import { Manifests } from '../../common/manifest/manifests.js';
import { PlanLimitsDto } from './own-tenant.dto.js';
import { shareNameOf } from './plan-limits.js';

/** Adds the fields that the manifests declare to the API description of limits. */
@Injectable()
export class PlanLimitsDescription implements OnModuleInit {
  constructor(private readonly manifests: Manifests) {}

  onModuleInit(): void {
    const describe = (name: string, description?: string): void =>
      IntegerField({ nullable: true, description })(PlanLimitsDto.prototype, name);
    for (const [name, { description, perUser }] of this.manifests.limits) {
      describe(name, description);
      if (perUser !== undefined) describe(shareNameOf(name), perUser);
    }
  }
}
