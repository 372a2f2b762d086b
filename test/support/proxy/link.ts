/** One connection through the proxy: passes bytes both ways until a fault strikes, and does then what the fault says. */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Socket } from "node:net";
import type { Fault, Message } from "./fault.ts";
import { Frontend } from "./frontend.ts";

/** Turns of the loop in which what has come from a server by now is read. */
const FOLLOWING_TURNS = 10;

const SLICE_BYTES = 24;

const drop = (): void => {};
const nothing = (): Promise<void> => Promise.resolve();

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < FOLLOWING_TURNS; turn += 1) await nextTurn();
}

/** An error as PgBouncer sends it: severity, state and message, and nothing of where it was made. */
function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(length.length + fields.length);
  return Buffer.concat([Buffer.from("E"), length, fields]);
}

/** What a connection asks its proxy. */
export interface Fate {
  readonly isPostgres: boolean;
  /** Messages are looked at; else bytes just pass. */
  readonly isRead: boolean;
  /** How long bytes take one way; 0: they pass at once. */
  readonly delayMs: number;
  /** Told when the client sends something after an answer, or first of all. */
  turns(): void;
  /** The fault that strikes this message, if one does; `before`: bytes before it. */
  strikes(message: Message, before: number): Fault | null;
  /** Between 0 and 1. */
  random(): number;
}

/** A client's connection and the server's. */
export class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #fate: Fate;
  readonly #frontend: Frontend;
  /** What becomes of bytes on their way. */
  #up: (bytes: Buffer) => void;
  #down: (bytes: Buffer) => void;
  #sent = 0;
  #isStruck = false;
  /** When one side ends, the other is to be ended as well. */
  #isOpen = true;
  /** Pieces on their way. */
  #pieces: Promise<void> = Promise.resolve();
  /** The client has been answered since it last sent something. */
  #isAnswered = true;
  /** How long the server's connection outlives the client's. */
  #hold: () => Promise<unknown> = nothing;

  /** Both sockets must let one side end while the other goes on. */
  constructor(client: Socket, server: Socket, fate: Fate) {
    this.#client = client;
    this.#server = server;
    this.#fate = fate;
    this.#frontend = new Frontend(fate.isPostgres);
    this.#up = this.#passing(server);
    this.#down = this.#passing(client);
    client.on("data", (chunk) => this.#fromClient(chunk));
    server.on("data", (chunk) => {
      this.#isAnswered = true;
      this.#frontend.answered(chunk);
      this.#down(chunk);
    });
    client.on("end", () => void this.#clientLeft(() => server.end()));
    client.on("error", () => void this.#clientLeft(() => server.resetAndDestroy()));
    server.on("end", () => void this.#serverLeft(() => client.end()));
    server.on("error", () => void this.#serverLeft(() => client.resetAndDestroy()));
  }

  /** Destroys both sides. */
  close(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** Writes what comes; each piece as long after it came as the way takes. */
  #passing(to: Socket): (bytes: Buffer) => void {
    const { delayMs } = this.#fate;
    if (delayMs === 0) return (bytes) => void to.write(bytes);
    let before: Promise<void> = Promise.resolve();
    return (bytes) => {
      const arrives = sleep(delayMs);
      before = Promise.all([before, arrives]).then(() => void (to.destroyed || to.write(bytes)));
      this.#pieces = Promise.all([this.#pieces, before]).then(() => {});
    };
  }

  #fromClient(chunk: Buffer): void {
    if (this.#isAnswered) this.#fate.turns();
    this.#isAnswered = false;
    // Once struck, messages are of no interest any more.
    if (this.#isStruck || !this.#fate.isRead) return this.#up(chunk);
    for (const message of this.#frontend.push(chunk)) {
      const fault = this.#isStruck ? null : this.#fate.strikes(message, this.#sent);
      if (fault === null) this.#up(message.bytes);
      else this.strike(fault, message);
      this.#sent += message.bytes.length;
    }
    if (this.#isStruck) this.#up(this.#frontend.takeRest());
  }

  async #clientLeft(goodbye: () => void): Promise<void> {
    await (this.#isOpen ? this.#pieces : this.#hold());
    if (this.#isOpen) goodbye();
    else this.#server.destroy();
  }

  async #serverLeft(goodbye: () => void): Promise<void> {
    await this.#pieces;
    if (this.#isOpen) goodbye();
  }

  /** Does what `fault` says, to `message` if it waited for one. */
  strike(fault: Fault, message: Message | null = null): void {
    const { kind, on, nth = 1, everyMs = 1000, saying = "", meanwhile = nothing } = fault;
    const bytes = message?.bytes ?? Buffer.alloc(0);
    // Counted bytes end in the middle of a message; those that are within the count still pass.
    const passing = bytes.subarray(0, on === "bytes" ? Math.max(0, nth - this.#sent) : 0);
    if (passing.length > 0) this.#up(passing);
    const struck = bytes.subarray(passing.length);
    this.#isStruck = true;
    this.#isOpen = ["slice", "wait", "answer-waits"].includes(kind);
    let held: Promise<unknown> | null = null;
    // A side may leave twice: with an end, and with an error.
    this.#hold = () => (held ??= meanwhile());
    switch (kind) {
      case "reset-before":
        this.#client.resetAndDestroy();
        this.#server.resetAndDestroy();
        return;
      case "refused":
        this.#client.end(refusal(saying));
        this.#server.resetAndDestroy();
        return;
      case "reset-after":
        this.#up(struck);
        return void this.#resetOnceAnswered();
      case "answer-waits":
        this.#holdAnswer(meanwhile);
        return this.#up(struck);
      case "late":
      case "never":
      case "half-open":
        [this.#up, this.#down] = [drop, drop];
        this.#client.resetAndDestroy();
        if (kind === "half-open") this.#server.write(struck);
        return void this.#keepServer(kind === "late" ? struck : null);
      case "silence":
      case "black-hole":
        if (kind === "silence") this.#up(struck);
        [this.#up, this.#down] = [drop, drop];
        return;
      case "wait":
        return this.#passAfter(meanwhile(), struck);
      case "trickle":
      case "slice": {
        const piece = kind === "trickle" ? everyMs : null;
        this.#up = this.#inPieces(this.#server, piece);
        this.#down = this.#inPieces(this.#client, piece);
        return this.#up(struck);
      }
      default:
        kind satisfies never;
    }
  }

  #passAfter(work: Promise<unknown>, bytes: Buffer): void {
    const pass = this.#up;
    this.#pieces = work.then(() => {});
    this.#up = (later) => {
      this.#pieces = this.#pieces.then(() => pass(later));
    };
    this.#up(bytes);
  }

  #holdAnswer(meanwhile: () => Promise<unknown>): void {
    const pass = this.#down;
    const held: Buffer[] = [];
    this.#down = (bytes) => {
      held.push(bytes);
      if (held.length > 1) return;
      this.#pieces = meanwhile()
        .then(someTurns)
        .then(() => {
          pass(Buffer.concat(held));
          this.#down = pass;
        });
    };
  }

  /** A goodbye has no answer: the server hangs up. */
  async #resetOnceAnswered(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#down = () => resolve();
      for (const side of [this.#server, this.#client])
        side.once("end", resolve).once("close", resolve);
    });
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** The server's side goes on without a client; `late` is what it gets in the end. */
  async #keepServer(late: Buffer | null): Promise<void> {
    await this.#hold();
    if (late !== null) {
      this.#server.write(late);
      await new Promise((resolve) => {
        this.#server.once("data", resolve).once("close", resolve);
      });
    }
    this.#server.destroy();
  }

  /** Writes one piece after another; `everyMs`: single bytes at that pace. */
  #inPieces(to: Socket, everyMs: number | null): (bytes: Buffer) => void {
    let before: Promise<void> = Promise.resolve();
    const write = async (bytes: Buffer): Promise<void> => {
      for (let at = 0; at < bytes.length && !to.destroyed;) {
        const length = everyMs === null ? 1 + Math.floor(this.#fate.random() * SLICE_BYTES) : 1;
        to.write(bytes.subarray(at, at + length));
        at += length;
        await (everyMs === null ? nextTurn() : sleep(everyMs));
      }
    };
    return (bytes) => {
      before = before.then(() => write(bytes));
      this.#pieces = Promise.all([this.#pieces, before]).then(() => {});
    };
  }
}
