import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { Provider } from '@nestjs/common';
import { TriggerRegistry } from './trigger-registry.js';
import { type StartsWorkflows, WorkflowTrigger } from './workflow-trigger.js';

const calls: string[] = [];

@WorkflowTrigger('schedule', ['cron'])
class Schedules implements StartsWorkflows {
  problems() {
    return [{ pointer: '/cron', code: 'cron', detail: 'Is no time.' }];
  }

  async activated({ id }: { id: string }) {
    calls.push(`schedule ${id} activated`);
    return new Date('2030-01-01T00:00:00Z');
  }

  async handedOver(workflows: readonly { id: string }[]) {
    calls.push(`schedule ${workflows.map(({ id }) => id).join()} handed over`);
  }
}

@WorkflowTrigger('event', [])
class Events implements StartsWorkflows {
  problems() {
    return [];
  }
}

@WorkflowTrigger('webhook', [])
class Webhooks implements StartsWorkflows {
  async problems() {
    return [];
  }

  async created(id: string) {
    return { token: `token of ${id}`, url: '/' };
  }
}

@WorkflowTrigger('webhook', [])
class OtherWebhooks extends Webhooks {}

async function registryOf(...providers: Provider[]): Promise<TriggerRegistry> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [TriggerRegistry, ...providers],
  }).compile();
  await module.init();
  return module.get(TriggerRegistry);
}

describe('The triggers of workflows', () => {
  beforeEach(() => calls.splice(0));

  it('hear of workflows that they start, and of no others', async () => {
    const registry = await registryOf(Schedules, Events, Webhooks);
    const of = (trigger: 'manual' | 'schedule' | 'event' | 'webhook') => ({ id: trigger, trigger, triggerConfig: {} });
    expect(await registry.activated(of('schedule'))).toEqual(new Date('2030-01-01T00:00:00Z'));
    expect(await registry.activated(of('event'))).toBeNull();
    expect(await registry.activated(of('manual'))).toBeNull();
    expect(await registry.created(of('webhook'))).toEqual({ token: 'token of webhook', url: '/' });
    expect(await registry.created(of('schedule'))).toBeNull();
    await registry.handedOver([
      { id: 'one', trigger: 'schedule', isPaused: true },
      { id: 'two', trigger: 'manual', isPaused: true },
      { id: 'three', trigger: 'schedule', isPaused: false },
    ]);
    expect(calls).toEqual(['schedule schedule activated', 'schedule one,three handed over']);
  });

  it('say what is wrong with a configuration; what is none of its fields is wrong, too', async () => {
    const registry = await registryOf(Schedules, Events, Webhooks);
    expect((await registry.problems('schedule', { corn: 1 })).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(
      ['/corn unknown', '/cron cron'],
    );
    expect(await registry.problems('manual', {})).toEqual([]);
    expect(await registry.problems('manual', { cron: '0 6 * * *' })).toMatchObject([{ pointer: '/cron' }]);
    expect(await registry.problems('webhook', {})).toEqual([]);
  });

  it('are there once each, or the program does not start', async () => {
    await expect(registryOf(Schedules, Events)).rejects.toThrow('No module starts workflows by webhook');
    await expect(registryOf(Schedules, Events, Webhooks, OtherWebhooks)).rejects.toThrow('two triggers webhook');
  });
});
