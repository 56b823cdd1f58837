import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { BooleanField, EnumField, TextField } from '../../common/contracts/fields.js';
import { CatalogQuery } from '../../common/http/catalog-query.js';
import { ApiPage } from '../../common/http/openapi/api-page.js';
import { type Page, toPage, toSlice } from '../../common/contracts/page.js';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { describePermissions, type PermissionDescription } from '../../common/identity/permissions.js';
import { type Role, ROLES } from '../../common/identity/roles.js';

export class PermissionDto {
  @TextField({ example: 'workflow:run' }) name!: string;
  @TextField({ example: 'Start, cancel and retry runs' }) description!: string;
  @EnumField(ROLES, {
    nullable: true,
    description: 'The lowest role that holds the permission. Null when only platform administrators hold it.',
  })
  leastRole!: Role | null;
  @BooleanField({
    description:
      'Whether only users who signed in to the tenant hold it, and never API keys or platform administrators.',
  })
  personal!: boolean;

  static of({ name, description, leastRole, personal }: PermissionDescription): PermissionDto {
    return { name, description, leastRole, personal };
  }
}

@ApiTags('auth')
@Controller('permissions')
export class PermissionsController {
  @Get()
  @ApiOperation({
    description: 'The list is sorted by name. Permissions of the platform are shown to platform administrators only.',
  })
  @Allow('permission:read')
  @ApiPage(PermissionDto)
  list(@CurrentActor() actor: Actor, @Query() query: CatalogQuery): Page<PermissionDto> {
    const { skip, take } = toSlice(query);
    const all = describePermissions(actor.kind === 'platform');
    return toPage(all.slice(skip, skip + take).map(PermissionDto.of), all.length, query);
  }
}
