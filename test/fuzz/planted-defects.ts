import { Body, Controller, Get, HttpException, Module, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { Allow as Accept } from 'class-validator';
import pg from 'pg';
import { Allow } from '../../src/common/identity/auth.decorators.js';
import { testDatabase } from '../support/test-database.js';

class RowDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
}

class NameDto {
  @ApiProperty() name!: string;
}

class CountDto {
  @ApiProperty({ type: 'integer', minimum: 0 })
  @Accept()
  count!: number;
}

/** Everybody's users, as no request of the application's could read them. */
async function rowsOfAll<T extends object>(column: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: (await testDatabase()).adminUrl });
  await client.connect();
  try {
    return (await client.query<T>(`SELECT ${column} FROM users ORDER BY created_at DESC LIMIT 50`)).rows;
  } finally {
    await client.end();
  }
}

/** Defects of every kind that the fuzzer looks for, a route each. */
@Controller('planted')
class PlantedController {
  @Get('ids')
  @Allow('user:read')
  @ApiOkResponse({ type: [RowDto] })
  ids(): Promise<RowDto[]> {
    return rowsOfAll('id');
  }

  @Get('names')
  @Allow('user:read')
  @ApiOkResponse({ type: [NameDto] })
  names(): Promise<NameDto[]> {
    return rowsOfAll('username AS name');
  }

  @Get('crash/:word')
  @Allow('user:read')
  @ApiOkResponse({ type: NameDto })
  crash(@Param('word') word: string): NameDto {
    if (word.length > 30) throw new Error('This word is too long for me.');
    return { name: 'short' };
  }

  @Get('teapot')
  @Allow('user:read')
  @ApiOkResponse({ type: NameDto })
  teapot(): NameDto {
    throw new HttpException('I am a teapot.', 418);
  }

  @Get('talkative')
  @Allow('user:read')
  @ApiOkResponse({ type: NameDto })
  talkative(): object {
    return { name: 'x', passwordHash: 'y' };
  }

  @Post('loose')
  @Allow('user:read')
  @ApiCreatedResponse({ type: NameDto })
  loose(@Body() _body: CountDto): NameDto {
    return { name: 'x' };
  }
}

@Module({ controllers: [PlantedController] })
export class PlantedDefectsModule {}
