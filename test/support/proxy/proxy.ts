/**
 * A TCP proxy that goes wrong as it is told: between a load and its database it does to the bytes what networks do.
 * It reads PostgreSQL's protocol as far as it must; of others it sees chunks of bytes, and statements that stand in clear.
 */
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { Armed, isRequest } from "./fault.ts";
import type { Fault, Message } from "./fault.ts";
import { Link } from "./link.ts";

export type { Fault, FaultKind, Message } from "./fault.ts";

/** What a proxy is told when it is made. */
export interface ProxyOptions {
  /** `postgres` when nothing is said; `unread`: bytes pass as they come, none is kept, and no fault strikes. */
  readonly protocol?: "postgres" | "unknown" | "unread";
  /** Where its random numbers start. */
  readonly seed?: number;
  /** How long bytes take there and back, however many are on their way; none when nothing is said. */
  readonly roundTripMs?: number;
}

/** A running proxy. Faults are armed one at a time. */
export class Proxy {
  /** Connections since the start. */
  connections = 0;
  /** How often a fault has struck since the last one was armed. */
  hits = 0;
  /** How often a client has sent something after an answer, or first of all, since the last fault was armed. */
  roundTrips = 0;
  /** What clients have sent since the last fault was armed, but for what followed a strike; SQL where a message has any. */
  messages: Message[] = [];
  readonly #server: Server;
  readonly #links = new Map<Link, Socket>();
  readonly #isPostgres: boolean;
  readonly #isRead: boolean;
  readonly #roundTripMs: number;
  #armed: Armed | null = null;
  #state: number;

  constructor(to: { readonly host: string; readonly port: number }, options: ProxyOptions) {
    const { protocol = "postgres", seed = 1, roundTripMs = 0 } = options;
    this.#isRead = protocol !== "unread";
    this.#roundTripMs = roundTripMs;
    this.#isPostgres = protocol === "postgres";
    this.#state = seed;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const server = connect({ ...to, allowHalfOpen: true, noDelay: true });
      this.#accept(client, server);
    });
  }

  /** Listens on a port of its own. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** Where it listens. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections of clients that are open now. */
  get clients(): number {
    return [...this.#links.values()].filter((client) => !client.destroyed).length;
  }

  /** How many of `messages` were requests. */
  get requests(): number {
    return this.messages.filter(isRequest).length;
  }

  /** `original` with this proxy in the place of its server. */
  url(original: string): string {
    const url = new URL(original);
    url.hostname = "127.0.0.1";
    url.port = String(this.port);
    return url.href;
  }

  /** Makes this fault the one to come, in the place of the one before; `null`: none. */
  arm(fault: Fault | null): void {
    this.#armed = fault === null ? null : new Armed(fault);
    this.messages = [];
    this.hits = 0;
    this.roundTrips = 0;
  }

  /** Ends every connection, and lets nobody in any more. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const link of this.#links.keys()) link.close();
    await closed;
  }

  #accept(client: Socket, server: Socket): void {
    this.connections += 1;
    const link = new Link(client, server, {
      isPostgres: this.#isPostgres,
      isRead: this.#isRead,
      delayMs: this.#roundTripMs / 2,
      turns: () => void (this.roundTrips += 1),
      strikes: (message, before) => this.#strikes(message, before),
      random: () => this.#random(),
    });
    this.#links.set(link, client);
    server.once("close", () => client.destroyed && this.#links.delete(link));
    client.once("close", () => server.destroyed && this.#links.delete(link));
    const fault = this.#struckBy(this.#armed?.atConnection() === true);
    if (fault !== null) link.strike(fault);
  }

  #strikes(message: Message, before: number): Fault | null {
    this.messages.push(message);
    return this.#struckBy(this.#armed?.atMessage(message, before) === true);
  }

  #struckBy(strikes: boolean): Fault | null {
    if (!strikes || this.#armed === null) return null;
    const { fault, isSpent } = this.#armed;
    this.hits += 1;
    if (isSpent && fault.after !== undefined) this.#armed = new Armed(fault.after);
    return fault;
  }

  /** Numbers that come in the same order every time (mulberry32). */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Starts a proxy before the server at `host` and `port`. */
export async function startProxy(
  host: string,
  port: number,
  options: ProxyOptions = {},
): Promise<Proxy> {
  const proxy = new Proxy({ host, port }, options);
  await proxy.open();
  return proxy;
}
