import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { JsonObjectField, TextField } from '../../common/contracts/fields.js';
import { Allow } from '../../common/identity/auth.decorators.js';
import { CatalogQuery } from '../../common/http/catalog-query.js';
import { ApiPage } from '../../common/http/openapi/api-page.js';
import { type Page, toPage, toSlice } from '../../common/contracts/page.js';
import { type DeclaredEvent, declaredEvents } from '../../common/events/event-catalog.js';

const EXAMPLE = { id: '01890000-0000-7000-8000-000000000001', occurredAt: '2030-01-31T12:00:00.000Z' };

export class EventDto {
  @TextField({ example: 'user.created' }) name!: string;
  @TextField({ example: 'A user was created or invited.' }) description!: string;
  @JsonObjectField({
    example: { ...EXAMPLE, name: 'user.created', payload: {} },
    description: 'An example of the event. Workflows receive it as their input, and filters read it as `event`.',
  })
  example!: Record<string, unknown>;

  static of({ name, description, example }: DeclaredEvent): EventDto {
    return { name, description, example: { id: EXAMPLE.id, name, payload: example, occurredAt: EXAMPLE.occurredAt } };
  }
}

@ApiTags('events')
@Controller('events')
export class EventsController {
  @Get()
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'List the declared events',
    description: 'The list is sorted by name. Workflows can also emit events of their own, named `custom.…`.',
  })
  @Allow('event:read')
  @ApiPage(EventDto)
  list(@Query() query: CatalogQuery): Page<EventDto> {
    const { skip, take } = toSlice(query);
    const all = declaredEvents();
    return toPage(all.slice(skip, skip + take).map(EventDto.of), all.length, query);
  }
}
