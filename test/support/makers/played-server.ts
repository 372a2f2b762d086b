/**
 * Plays a distributed server before PostgreSQL: it says its name, refuses what it refuses, and ends transactions that change too
 * many rows or that it was told to. What it does beyond that is PostgreSQL's.
 */
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { bytesOf, cutMessages, errorMessage, sqlOf, text, withSql } from "./messages.ts";
import type { WireMessage } from "./messages.ts";
import type { PlayedServer } from "./rules.ts";

/** A statement that PostgreSQL refuses while it reads it, and which a transaction does not survive. */
const REFUSED = "select 1 union select 2 for update";

/** A message that PostgreSQL refuses in the place of one that is too long: values for a statement that is not there. */
const UNBOUND: WireMessage = { type: "B", body: Buffer.from("\0upsurge_none\0\0\0\0\0\0\0") };

const CONFLICT = ["40001", "change conflicts with another transaction (OC000)"] as const;

/** A running one. */
export class Played {
  /** So many commits from now on fail for a conflict, or for what is said instead. */
  conflicts = 0;
  conflict: readonly [code: string, message: string] = CONFLICT;
  /** What clients have asked for, in order. */
  readonly statements: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** Whether what is to fail is the commit. */
  failsCommits({ conflictsAtOnce }: PlayedServer): boolean {
    return conflictsAtOnce !== true || this.conflict[0] !== "40001";
  }

  constructor(to: { readonly host: string; readonly port: number }, played: PlayedServer) {
    this.#server = createServer({ noDelay: true }, (client) => {
      const server = connect({ ...to, noDelay: true });
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
      }
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
      new PlayedLink(this, played).join(client, server);
    });
  }

  /** Listens on a port of its own. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** `original` with this server in the place of PostgreSQL. */
  url(original: string): string {
    const url = new URL(original);
    url.hostname = "127.0.0.1";
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** One connection. */
class PlayedLink {
  readonly #all: Played;
  readonly #played: PlayedServer;
  #started = false;
  #up: Buffer = Buffer.alloc(0);
  #down: Buffer = Buffer.alloc(0);
  /** What the next error, or the end of the next statement, is told as. */
  #told: readonly [code: string, message: string] | null = null;
  #rows = 0;
  /** The transaction has failed, which PostgreSQL does not know. */
  #doomed = false;

  constructor(all: Played, played: PlayedServer) {
    this.#all = all;
    this.#played = played;
  }

  join(client: Socket, server: Socket): void {
    client.on("data", (chunk) => {
      this.#up = Buffer.concat([this.#up, chunk]);
      if (!this.#started) return this.#start(server);
      const { messages, rest } = cutMessages(this.#up);
      this.#up = rest;
      for (const message of messages) server.write(bytesOf(this.#asked(message)));
    });
    server.on("data", (chunk) => {
      if (!this.#started) {
        client.write(chunk);
        return;
      }
      const { messages, rest } = cutMessages(Buffer.concat([this.#down, chunk]));
      this.#down = rest;
      for (const message of messages) client.write(bytesOf(this.#answered(message)));
    });
  }

  /** The start of a connection has no type: a question for encryption, then who connects. */
  #start(server: Socket): void {
    const length = this.#up.readUInt32BE(0);
    if (this.#up.length < length) return;
    this.#started = this.#up.readUInt32BE(4) === 0x0003_0000;
    server.write(this.#up.subarray(0, length));
    this.#up = this.#up.subarray(length);
  }

  #asked(message: WireMessage): WireMessage {
    const sql = sqlOf(message);
    if (sql === null) return this.#bound(message);
    this.#all.statements.push(sql);
    const { refuses } = this.#played;
    const refusal = refuses.find(({ statement }) => statement.test(sql));
    if (refusal !== undefined) {
      this.#told = [refusal.code, refusal.message];
      return withSql(message, REFUSED);
    }
    if (/^\s*(?:begin|commit|rollback)\b/i.test(sql)) return this.#transaction(message, sql);
    if (this.#conflictsNow(sql)) return withSql(message, REFUSED);
    return withSql(message, this.#asPostgres(sql));
  }

  #bound(message: WireMessage): WireMessage {
    const { mostBytes = Infinity } = this.#played;
    if (message.type !== "B" || message.body.length <= mostBytes) return message;
    this.#told = ["08P01", "message size bigger than maximum allowed message size"];
    return UNBOUND;
  }

  /** Whether a change of another session fails this statement. */
  #conflictsNow(sql: string): boolean {
    const writes = /^\s*(?:insert|update|delete)\b/i.test(sql);
    if (!writes || this.#all.conflicts === 0 || this.#all.failsCommits(this.#played)) return false;
    this.#all.conflicts -= 1;
    this.#told = this.#all.conflict;
    return true;
  }

  #asPostgres(sql: string): string {
    const { version, catalog = [] } = this.#played;
    const named = sql.replaceAll("pg_catalog.version()", `'${version}'::text`);
    return catalog.reduce((text, [asked, answered]) => text.replace(asked, answered), named);
  }

  #transaction(message: WireMessage, sql: string): WireMessage {
    const isSavepoint = /\bto savepoint\b/i.test(sql);
    if (isSavepoint) return message;
    const isCommit = /^\s*commit\b/i.test(sql);
    const meets = this.#all.conflicts > 0 && this.#all.failsCommits(this.#played);
    const fails = isCommit && !this.#doomed && this.#rows > 0 && meets;
    const isLost = this.#doomed;
    this.#rows = 0;
    this.#doomed = false;
    if (fails) {
      this.#all.conflicts -= 1;
      this.#told = this.#all.conflict;
    }
    return isCommit && (fails || isLost) ? withSql(message, "rollback") : message;
  }

  #answered(message: WireMessage): WireMessage {
    const { type, body } = message;
    if (type === "Z" && this.#doomed) return { type, body: Buffer.from("E") };
    if (type === "E" && this.#told !== null) return this.#tell();
    if (type !== "C") return message;
    const tag = text(body, 0);
    if (tag === "ROLLBACK" && this.#told !== null) return this.#tell();
    const [, rows] = /^(?:INSERT 0|UPDATE|DELETE) (\d+)$/.exec(tag) ?? [];
    this.#rows += Number(rows ?? 0);
    if (this.#rows <= (this.#played.mostRows ?? Infinity)) return message;
    this.#doomed = true;
    return errorMessage("54000", "transaction row limit exceeded");
  }

  #tell(): WireMessage {
    const [code, message] = this.#told ?? CONFLICT;
    this.#told = null;
    return errorMessage(code, message);
  }
}

/** Plays a server before the one at `url`. */
export async function play(url: string, played: PlayedServer): Promise<Played> {
  const { hostname, port } = new URL(url);
  const server = new Played({ host: hostname, port: Number(port) }, played);
  await server.open();
  return server;
}
