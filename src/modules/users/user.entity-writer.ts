import type { Actor } from '../../common/identity/actor.js';
import { EntityWriter, type WritesEntity } from '../../common/gateway/entity-writer.js';
import { CreateUserDto, UpdateUserDto } from './users.dto.js';
import { UsersService } from './users.service.js';

/** Delegates to the service, so that entity writes follow the same rules. */
@EntityWriter('User', { create: CreateUserDto, update: UpdateUserDto })
export class UserEntityWriter implements WritesEntity<CreateUserDto, UpdateUserDto> {
  constructor(private readonly users: UsersService) {}

  async create(actor: Actor, data: CreateUserDto): Promise<string> {
    return (await this.users.create(actor, data)).id;
  }

  update(actor: Actor, id: string, data: UpdateUserDto, ifMatch?: string): Promise<unknown> {
    return this.users.update(actor, id, data, ifMatch);
  }

  delete(actor: Actor, id: string, ifMatch?: string): Promise<void> {
    return this.users.remove(actor, id, ifMatch);
  }
}
