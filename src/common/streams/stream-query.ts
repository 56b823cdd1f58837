import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { HasMaxLength } from '../contracts/input-rules.js';

/** What those send as a query who cannot send headers. */
export class StreamQuery {
  @ApiPropertyOptional({ description: 'Of `POST /auth/stream-ticket`, in place of a credential.' })
  @IsOptional()
  @IsString()
  @HasMaxLength(200)
  ticket?: string;

  @ApiPropertyOptional({ description: 'In place of the header `Last-Event-ID`.' })
  @IsOptional()
  @IsString()
  @HasMaxLength(100)
  lastEventId?: string;
}
