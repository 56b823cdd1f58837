import type pg from 'pg';
import { sendEnterTenant } from './enter-tenant.js';
import { asDatabaseError } from './lost-connection.js';
import type { Statement } from './statement.js';
import type { WireConnection, WireField } from './wire-connection.js';

const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);

/**
 * Statements sent with a single Sync: one round trip and, outside a transaction block, one implicit transaction. With a
 * tenant, the first statement enters it; the setting ends with the transaction. After a failure the server skips
 * everything up to the Sync. Implements node-postgres' protocol hooks (`client.query(submittable)`).
 */
export class Submission implements pg.Submittable {
  #current = 0;
  #entering: boolean;
  /**
   * Local errors: values that cannot be encoded, rows that cannot be decoded. Reported when the server has finished.
   */
  #failure: Error | undefined;

  /** @param callback called once: after the commit, or with the error, in which case nothing was saved. */
  constructor(
    private readonly statements: readonly Statement[],
    private readonly tenantId: string | undefined,
    private readonly named: boolean,
    public callback: (error: Error | null) => void,
  ) {
    this.#entering = tenantId !== undefined;
  }

  /** node-postgres registers a ParseComplete under this name, with this text. */
  get name(): string {
    return this.#statement?.name ?? '';
  }

  get text(): string {
    return this.#statement?.text ?? '';
  }

  submit(connection: pg.Connection): void {
    const wire = connection as unknown as WireConnection;
    wire.stream.cork();
    try {
      if (this.tenantId !== undefined) sendEnterTenant(wire, this.tenantId, this.named);
      for (const statement of this.statements) statement.send(wire);
    } catch (error) {
      this.#failure = error as Error;
    }
    // Also needed after a partial submission; otherwise the server would wait for more.
    wire.stream.write(SYNC);
    wire.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: WireField[] }): void {
    this.#statement!.describe(fields);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.#entering || this.#failure) return;
    try {
      this.#statement!.add(fields);
    } catch (error) {
      this.#failure = error as Error;
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    if (this.#entering) this.#entering = false;
    else {
      if (!this.#failure) this.#statement!.complete(text);
      this.#current += 1;
    }
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleReadyForQuery(): void {
    this.callback(this.#failure ?? null);
  }

  handleError(error: Error): void {
    this.callback(asDatabaseError(error));
  }

  handlePortalSuspended(): void {
    throw new Error('All rows were requested.');
  }

  /** For COPY … FROM STDIN, which is not supported. */
  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('No source stream defined');
  }

  handleCopyData(): void {}

  get #statement(): Statement | undefined {
    return this.statements[this.#current];
  }
}
