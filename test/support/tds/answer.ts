/** One answer to one request: turns what the backend tells into tokens, and sends them in packets as they grow. */
import type { Duplex } from "node:stream";
import type { TdsColumn, TdsEvent, TdsMessage } from "./backend.ts";
import { MESSAGE, PacketCutter } from "./packets.ts";
import { TokenWriter } from "./tokens.ts";
import type { Done } from "./tokens.ts";

const ENOUGH_TO_SEND = 64 * 1024;
const SEVERITY_THAT_CLOSES = 20;

/** Where answers go. */
export interface Outlet {
  readonly stream: Duplex;
  readonly packetSize: number;
}

/** The answer to a batch, a call or anything else that a client asks for. */
export class Answer {
  readonly tokens = new TokenWriter();
  readonly #stream: Duplex;
  readonly #packets: PacketCutter;
  readonly #isCall: boolean;
  #columns: readonly TdsColumn[] = [];
  #error: TdsMessage | undefined;
  #closes = false;
  /** The last statement's end waits, since only what follows tells whether it ends the answer. */
  #pending: Done | undefined;

  constructor(outlet: Outlet, isCall = false) {
    this.#stream = outlet.stream;
    this.#packets = new PacketCutter({
      type: MESSAGE.RESULT,
      packetSize: outlet.packetSize,
    });
    this.#isCall = isCall;
  }

  /** Whether it holds an error. */
  get failed(): boolean {
    return this.#error !== undefined;
  }

  /** Whether it holds an error after which the server closes the connection. */
  get closes(): boolean {
    return this.#closes;
  }

  /** Adds what the backend told. */
  add(event: TdsEvent): void {
    if (event.kind === "done") this.#statementDone({ rowCount: event.rowCount });
    else if (event.kind === "error") this.error(event);
    else {
      this.separate();
      if (event.kind === "columns") {
        this.#columns = event.columns;
        this.tokens.columns(event.columns);
      } else {
        this.tokens.row(this.#columns, event.values);
      }
    }
  }

  /** Adds an error, which ends its statement. */
  error(message: TdsMessage): void {
    this.separate();
    this.#error = message;
    this.#closes ||= message.severity >= SEVERITY_THAT_CLOSES;
    this.tokens.error(message);
    this.#statementDone({ error: true });
  }

  /** Puts the waiting end of a statement before what comes next. */
  separate(): void {
    if (this.#pending) this.tokens.done({ ...this.#pending, more: true });
    this.#pending = undefined;
  }

  /** Forgets what has been added. */
  discard(): void {
    this.tokens.take();
    this.#pending = undefined;
    this.#error = undefined;
    this.#closes = false;
  }

  /** Sends the full packets once there are enough of them, at the client's speed. */
  async relieve(): Promise<void> {
    if (this.tokens.length < ENOUGH_TO_SEND) return;
    const { packets, rest } = this.#packets.full(this.tokens.take());
    this.tokens.bytes(rest);
    await write(this.#stream, packets);
  }

  /** Sends all that has been added; more may come. */
  async flush(): Promise<void> {
    await write(this.#stream, this.#packets.all(this.tokens.take()));
  }

  /** Ends the answer and sends it. */
  async end(): Promise<void> {
    if (this.#isCall) {
      this.separate();
      this.tokens.returnStatus(this.#error?.number ?? 0);
      this.tokens.done({ token: "DONEPROC", error: this.failed });
    } else {
      this.tokens.done(this.#pending ?? { token: "DONE" });
    }
    await this.send();
  }

  /** Sends the answer as it is, without an end of its own. */
  async send(): Promise<void> {
    await write(this.#stream, this.#packets.last(this.tokens.take()));
  }

  #statementDone(done: Omit<Done, "token">): void {
    this.separate();
    this.#pending = { ...done, token: this.#isCall ? "DONEINPROC" : "DONE" };
  }
}

async function write(stream: Duplex, bytes: Buffer): Promise<void> {
  if (stream.destroyed || bytes.length === 0 || stream.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      stream.off("drain", settle);
      stream.off("close", settle);
      resolve();
    };
    stream.once("drain", settle);
    stream.once("close", settle);
  });
}
