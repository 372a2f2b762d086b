/** A session of T-SQL: its variables, options and transaction, and the running of parsed batches. */
import type { TdsEvent, TdsMessage } from "../tds/backend.ts";
import type { Connection } from "./connection.ts";
import type { Effects } from "./errors.ts";
import type { ServerProfile } from "./profile.ts";
import { Raised } from "./raised.ts";
import type { VariableType } from "./cursor.ts";

/** The error that a CATCH block handles. */
export type Caught = Raised;

/** Options that a called batch gives back when it ends. */
export interface Options {
  xactAbort: boolean;
  noCount: boolean;
  /** The quoted table that takes explicit identity values. */
  identityInsert: string | null;
}

/** The names and values of a batch. */
export interface Scope {
  readonly values: Map<string, string | null>;
  readonly types: ReadonlyMap<string, VariableType>;
  /** Temporary tables of a called batch end with it; those of the session's own batches do not. */
  readonly temporary: string[] | null;
}

/** The state of a session, which statements change as they run. */
export class State {
  readonly connection: Connection;
  readonly user: string;
  readonly effects: Effects;
  readonly profile: ServerProfile;
  options: Options = { xactAbort: false, noCount: false, identityInsert: null };
  tranCount = 0;
  /** The transaction can only be rolled back. */
  doomed = false;
  savepoints: string[] = [];
  rowCount = 0;
  lastError = 0;
  /** How many TRY blocks are around the running statement. */
  tries = 0;
  readonly caught: Caught[] = [];
  /** The columns of table variables made so far: PostgreSQL's temporary tables are used again. */
  readonly tableVariables = new Map<string, string>();
  #events: TdsEvent[] = [];

  constructor(
    connection: Connection,
    user: string,
    { profile, effects }: { readonly profile: ServerProfile; readonly effects: Effects },
  ) {
    this.connection = connection;
    this.user = user;
    this.profile = profile;
    this.effects = effects;
  }

  emit(event: TdsEvent): void {
    this.#events.push(event);
  }

  emitError({ number, message, severity }: TdsMessage): void {
    this.emit({ kind: "error", number, message, severity });
  }

  takeEvents(): TdsEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  begin(): void {
    if (this.tranCount++ === 0) this.connection.begin();
  }

  async commit(): Promise<void> {
    if (this.tranCount === 0) {
      throw new Raised(
        3902,
        "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.",
        "statement",
      );
    }
    if (this.doomed) throw doomedError();
    if (--this.tranCount > 0) return;
    this.savepoints = [];
    await this.connection.commit();
  }

  async rollback(): Promise<void> {
    if (this.tranCount === 0) {
      throw new Raised(
        3903,
        "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.",
        "statement",
      );
    }
    await this.forget();
  }

  /** Rolls everything back, without a complaint when there is nothing. */
  async forget(): Promise<void> {
    this.tranCount = 0;
    this.doomed = false;
    this.savepoints = [];
    this.tableVariables.clear();
    await this.connection.rollback();
  }

  save(name: string): void {
    if (this.tranCount === 0) {
      throw new Raised(
        628,
        "Cannot issue SAVE TRANSACTION when there is no active transaction.",
        "statement",
      );
    }
    if (this.doomed) throw doomedError();
    const quoted = savepointName(name);
    // The last one by this name is not needed any more.
    if (this.savepoints.at(-1) === name) this.connection.later(`RELEASE ${quoted}`);
    else this.savepoints.push(name);
    this.connection.later(`SAVEPOINT ${quoted}`);
  }

  rollbackTo(name: string): void {
    if (this.doomed) {
      throw new Raised(
        3931,
        "The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.",
        "statement",
      );
    }
    const at = this.savepoints.lastIndexOf(name);
    if (this.tranCount === 0 || at < 0) {
      throw new Raised(
        6401,
        `Cannot roll back ${name}. No transaction or savepoint of that name was found.`,
        "statement",
      );
    }
    this.savepoints.length = at + 1;
    this.tableVariables.clear();
    this.connection.later(`ROLLBACK TO ${savepointName(name)}`);
  }
}

function savepointName(name: string): string {
  return `"save ${name.replaceAll('"', '""')}"`;
}

/** What a doomed transaction answers to everything that writes. */
export function doomedError(): Raised {
  return new Raised(
    3930,
    "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.",
    "statement",
  );
}
