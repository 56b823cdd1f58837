import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { HasMaxLength } from '../contracts/input-rules.js';

/** What those send as a query who cannot send headers. */
export class StreamQuery {
  @ApiPropertyOptional({ description: 'A ticket from `POST /auth/stream-ticket`, which replaces the credential.' })
  @IsOptional()
  @IsString()
  @HasMaxLength(200)
  ticket?: string;

  @ApiPropertyOptional({ description: 'Replaces the header `Last-Event-ID` for clients that cannot send it.' })
  @IsOptional()
  @IsString()
  @HasMaxLength(100)
  lastEventId?: string;
}
