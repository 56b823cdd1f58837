import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** What those send as a query who cannot send headers. */
export class StreamQuery {
  @ApiPropertyOptional({ description: 'Of `POST /auth/stream-ticket`, in place of a credential.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  ticket?: string;

  @ApiPropertyOptional({ description: 'In place of the header `Last-Event-ID`.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  lastEventId?: string;
}
