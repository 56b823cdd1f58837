import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IntegerField, TextField } from '../../../common/contracts/fields.js';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { StreamTickets, TICKET_TTL_MS } from '../../../common/auth/stream-tickets.js';

export class StreamTicketDto {
  @TextField({ description: 'The ticket, which opens one event stream as `?ticket=…`.' }) ticket!: string;
  @IntegerField({ example: TICKET_TTL_MS / 1000, description: 'The time in seconds until the ticket expires.' })
  expiresIn!: number;
}

@ApiTags('auth')
@Controller('auth/stream-ticket')
export class StreamTicketsController {
  constructor(private readonly tickets: StreamTickets) {}

  @Post()
  @ApiOperation({
    summary: 'Create a ticket for one event stream',
    description:
      'A ticket is for browsers, whose EventSource cannot send headers. Other clients send their credential.',
  })
  @HttpCode(201)
  @Allow('stream_ticket:create')
  @ApiCreatedResponse({ type: StreamTicketDto })
  async create(@CurrentActor() actor: Actor): Promise<StreamTicketDto> {
    return { ticket: await this.tickets.mint(actor), expiresIn: TICKET_TTL_MS / 1000 };
  }
}
