import { Global, Module } from '@nestjs/common';
import { CredentialWatch } from './credential-watch.js';
import { EventStreams } from './event-streams.js';
import { StreamSlots } from './stream-slots.js';

@Global()
@Module({ providers: [CredentialWatch, StreamSlots, EventStreams], exports: [EventStreams, StreamSlots] })
export class StreamsModule {}
