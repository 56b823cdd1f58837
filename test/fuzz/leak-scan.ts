import type { Answer } from '../support/http-client.js';
import type { Side } from './fuzz-side.js';
import type { Caller, FuzzWorld } from './fuzz-world.js';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const idsIn = (text: string): string[] => [...new Set(text.match(UUID))];

interface Sighting {
  id: string;
  /** The tenants it may belong to. */
  allowed: string[];
  where: string;
  /** What stands around it. */
  excerpt: string;
}

/** Looks for one tenant's ids and words in answers to another. */
export class LeakScan {
  #sightings: Sighting[] = [];
  /** What people said inside a tenant, by its id. An audit log may tell it to others there: it is no leak. */
  #said = new Map<string, Set<string>>();

  /**
   * @param sent all that the caller said.
   * @param mayChoose the caller gets into the tenant that they name: who signs in, and platform admins.
   */
  look(
    world: FuzzWorld,
    caller: Caller,
    { sent, mayChoose }: { sent: string; mayChoose: boolean },
    answer: Answer,
    where: string,
  ): string[] {
    const said = sent.toLowerCase();
    const heard = `${answer.text} ${JSON.stringify(answer.headers)}`.toLowerCase();
    const all = [world.own, world.other];
    const sides = all.filter((side) => side === caller.side || (mayChoose && isNamed(side, said)));
    const allowed = sides.map((side) => side.tenant.id);
    const known = new Set([...idsIn(said), ...all.flatMap(wordsOf).filter((word) => said.includes(word))]);
    for (const tenant of allowed) {
      const before = this.#said.get(tenant) ?? new Set();
      this.#said.set(tenant, new Set([...before, ...known]));
      for (const item of before) known.add(item);
    }
    for (const id of idsIn(heard))
      if (!known.has(id)) this.#sightings.push({ id, allowed, where, excerpt: excerptOf(heard, id) });
    return all
      .filter((side) => !sides.includes(side))
      .flatMap(wordsOf)
      .filter((word) => heard.includes(word) && !known.has(word))
      .map((word) => `shows "${word}", which is another tenant’s`);
  }

  /** Which of the ids seen so far went to others than their owners. Starts anew. */
  verdict(...snapshots: Map<string, Set<string>>[]): string[] {
    const sightings = this.#sightings.splice(0);
    this.#said.clear();
    return sightings.flatMap(({ id, allowed, where, excerpt }) => {
      const owners = new Set(snapshots.flatMap((snapshot) => [...(snapshot.get(id) ?? [])]));
      if (owners.size === 0 || allowed.some((tenant) => owners.has(tenant))) return [];
      return [`${where}: shows the id ${id}, which is another tenant’s: ${excerpt}`];
    });
  }
}

function excerptOf(text: string, id: string): string {
  const at = text.indexOf(id);
  return `…${text.slice(Math.max(0, at - 120), at + 160)}…`;
}

const isNamed = ({ tenant }: Side, said: string): boolean =>
  [tenant.id, tenant.slug, tenant.id.replaceAll('-', '')].some((name) => said.includes(name));
const wordsOf = ({ marker, tenant }: Side): string[] => [marker, tenant.slug];
