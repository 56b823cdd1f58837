import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../common/identity/auth.decorators.js';
import { ETagged, IfMatch } from '../../common/contracts/etag.js';
import { IdParam } from '../../common/contracts/id-param.js';
import { ApiPage } from '../../common/http/openapi/api-page.js';
import { ApiProblems } from '../../common/http/openapi/api-problems.js';
import { type Page, toPage } from '../../common/contracts/page.js';
import { CreateUserDto, ListedUserDto, ListUsersQuery, UpdateUserDto, UserDto } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Allow('user:read')
  @ApiPage(ListedUserDto)
  async list(@Query() query: ListUsersQuery): Promise<Page<ListedUserDto>> {
    const { rows, total } = await this.users.list(query);
    return toPage(rows.map(ListedUserDto.of), total, query);
  }

  @Post()
  @ApiOperation({ description: 'Without a password, the user is invited by email.' })
  @Allow('user:create')
  @ETagged()
  @ApiCreatedResponse({ type: UserDto })
  @ApiProblems(409, 422)
  async create(@CurrentActor() actor: Actor, @Body() body: CreateUserDto): Promise<UserDto> {
    return UserDto.of(await this.users.create(actor, body));
  }

  @Get(':id')
  @Allow('user:read')
  @ETagged()
  @ApiOkResponse({ type: UserDto })
  async get(@IdParam() id: string): Promise<UserDto> {
    return UserDto.of(await this.users.get(id));
  }

  @Patch(':id')
  @ApiOperation({ description: 'Everybody may change their own profile.' })
  @Allow('user:update')
  @ETagged(UsersService)
  @ApiOkResponse({ type: UserDto })
  @ApiProblems(409)
  async update(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Body() body: UpdateUserDto,
    @IfMatch() ifMatch?: string,
  ): Promise<UserDto> {
    return UserDto.of(await this.users.update(actor, id, body, ifMatch));
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('user:delete')
  @ApiNoContentResponse()
  @ApiProblems(409)
  async remove(@CurrentActor() actor: Actor, @IdParam() id: string, @IfMatch() ifMatch?: string): Promise<void> {
    await this.users.remove(actor, id, ifMatch);
  }

  @Post(':id/deactivate')
  @HttpCode(200)
  @Allow('user:manage')
  @ETagged()
  @ApiOkResponse({ type: UserDto })
  @ApiProblems(409)
  async deactivate(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<UserDto> {
    return UserDto.of(await this.users.deactivate(actor, id));
  }

  @Post(':id/reactivate')
  @HttpCode(200)
  @Allow('user:manage')
  @ETagged()
  @ApiOkResponse({ type: UserDto })
  @ApiProblems(409)
  async reactivate(@CurrentActor() actor: Actor, @IdParam() id: string): Promise<UserDto> {
    return UserDto.of(await this.users.reactivate(actor, id));
  }
}
