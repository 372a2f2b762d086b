/** The T-SQL backend of the tests' TDS server: sessions over PostgreSQL databases that `createTsqlDatabase` has made. */
import { DatabaseError } from "pg";
import {
  type TdsBackend,
  type TdsBulk,
  TdsError,
  type TdsEvent,
  type TdsParameter,
  type TdsSession,
} from "../tds/backend.ts";
import { bulkInsert } from "./bulk.ts";
import { Connection } from "./connection.ts";
import { type Effects, translateError } from "./errors.ts";
import { parseTableName } from "./parse.ts";
import { MICROSOFT, type ServerProfile } from "./profile.ts";
import { notInTheSet, Raised } from "./raised.ts";
import { runText } from "./run.ts";
import { doomedError, State } from "./session.ts";

export { createTsqlDatabase, type TsqlDatabase } from "./database.ts";

/** The token of Entra ID that lets everybody in. */
export const ENTRA_TOKEN = "a-token-of-entra-id";

/** Where a backend's databases are, and whose server it passes for. */
interface TsqlBackendOptions {
  readonly server: string;
  readonly profile?: ServerProfile;
  /** What some errors do there instead of what they do by our reading of the documents. */
  readonly effects?: Effects;
}

/** A backend over a PostgreSQL server, which passes for a server of `profile`; everybody's password is `secret`. */
export function tsqlBackend({
  server,
  profile = MICROSOFT,
  effects = {},
}: TsqlBackendOptions): TdsBackend {
  return {
    async login({ user, password, database, token }) {
      const mayEnter = token === undefined ? password === "secret" : token === ENTRA_TOKEN;
      if (!mayEnter) throw new TdsError(18456, `Login failed for user '${user}'.`);
      const url = new URL(server);
      url.pathname = `/${encodeURIComponent(database)}`;
      const connection = new Connection(url.href, profile.level);
      try {
        await connection.connect();
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code !== "3D000") throw error;
        throw new TdsError(
          4060,
          `Cannot open database "${database}" requested by the login. The login failed.`,
          11,
        );
      }
      return new Session(new State(connection, user, { profile, effects }));
    },
  };
}

class Session implements TdsSession {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  get inTransaction(): boolean {
    return this.#state.tranCount > 0;
  }

  async *execute(sql: string, parameters: readonly TdsParameter[]): AsyncIterable<TdsEvent> {
    await runText(this.#state, sql, parameters);
    yield* this.#state.takeEvents();
  }

  async bulk(load: TdsBulk): Promise<number | null> {
    const { connection, options } = this.#state;
    let taken = 0;
    const table = parseTableName(load.table);
    await this.#refusing(async () => {
      if (this.#state.doomed) throw doomedError();
      const sql = await bulkInsert((question) => connection.ask(question), table, load);
      const answers = load.rows.length === 0 ? [] : await connection.run(sql);
      taken = answers.find(({ command }) => command === "INSERT")?.rowCount ?? 0;
      if (connection.takeSent().length > 0)
        throw notInTheSet("rows that a trigger sends in a bulk load");
    }, table);
    return options.noCount ? null : taken;
  }

  /** Runs something whose error goes to the client by itself. */
  async #refusing(action: () => Promise<void> | void, table: string | null): Promise<void> {
    const state = this.#state;
    try {
      await action();
    } catch (error) {
      const ask = (question: string) => state.connection.ask(question);
      const raised =
        error instanceof DatabaseError
          ? await translateError(error, { verb: "INSERT", table, ask, effects: state.effects })
          : error;
      if (!(raised instanceof Raised)) throw raised;
      if (raised.effect !== "statement" || state.options.xactAbort) await state.forget();
      throw new TdsError(raised.number, raised.message, raised.severity);
    }
  }

  async begin(): Promise<void> {
    await this.#refusing(() => this.#state.begin(), null);
  }

  async commit(): Promise<void> {
    await this.#refusing(() => this.#state.commit(), null);
  }

  async rollback(): Promise<void> {
    await this.#refusing(() => this.#state.rollback(), null);
  }

  async save(name: string): Promise<void> {
    await this.#refusing(() => this.#state.save(name), null);
  }

  async close(): Promise<void> {
    await this.#state.connection.close();
  }
}
