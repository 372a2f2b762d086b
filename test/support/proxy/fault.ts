/** What can go wrong on the way between a client and a server, and when. */

/** The ways of going wrong. */
export type FaultKind =
  /** The message is dropped, and both sides are reset. */
  | "reset-before"
  /** The message arrives; its answer is dropped, and then the client is reset. */
  | "reset-after"
  /** The client is reset at once; the server gets the message only when `meanwhile` is done. */
  | "late"
  /** The client is reset at once; the server never gets the message, and its connection stays until `meanwhile` is done. */
  | "never"
  /** The message arrives, the client is reset at once, and the server's connection stays until `meanwhile` is done. */
  | "half-open"
  /** The message arrives; its answer and everything after it are dropped, and nobody is told. */
  | "silence"
  /** Nothing passes any more, either way, and nobody is told; the server's connection outlives the client's until `meanwhile` is done. */
  | "black-hole"
  /** From here on a byte at a time passes, one every `everyMs`, either way. */
  | "trickle"
  /** From here on everything passes in pieces of a few bytes, either way. */
  | "slice"
  /** The message waits until `meanwhile` is done, and then everything passes. */
  | "wait"
  /** The message never arrives; the client is told `saying` as a pooler says it, which hangs up then on both. */
  | "refused"
  /** The message arrives; its answer waits until `meanwhile` is done, and comes together with whatever followed it. */
  | "answer-waits";

/** A fault to come. */
export interface Fault {
  readonly kind: FaultKind;
  /**
   * What it waits for: a connection (when nothing is said), a message whose SQL begins with `commit` or matches a pattern,
   * any message, any that is not sent together with the one before, or so many bytes from a client, which `nth` counts then.
   */
  readonly on?: "connect" | "commit" | "message" | "request" | "bytes" | RegExp;
  /** Which of them, over all connections since it was armed; 1 when nothing is said. */
  readonly nth?: number;
  /** How often it strikes from then on, each connection once; 1 when nothing is said. */
  readonly times?: number;
  readonly everyMs?: number;
  /** The words of a refusal. */
  readonly saying?: string;
  /** What is done while something waits; begun when the wait begins. */
  readonly meanwhile?: () => Promise<unknown>;
  /** What is armed once this has struck for the last time. */
  readonly after?: Fault;
}

/** A message from a client. */
export interface Message {
  /** PostgreSQL's letter; `ssl` and `startup` for those without one; `bytes` for what the proxy cannot read. */
  readonly kind: string;
  /** The SQL of a query; of unread bytes, their text. */
  readonly text: string;
  readonly bytes: Buffer;
}

/** Bind, Describe, Execute, Sync: they come along with a Parse. */
const FOLLOWING = new Set(["B", "D", "E", "S"]);

/** True for a message that a client does not send together with the one before. */
export function isRequest({ kind }: Message): boolean {
  return !FOLLOWING.has(kind);
}

/** Unread bytes have more before it than space. */
function isCommit({ kind, text }: Message): boolean {
  return (kind === "bytes" ? /\bcommit\b/i : /^\s*commit\b/i).test(text);
}

/** A fault that waits for its moment. */
export class Armed {
  readonly fault: Fault;
  #seen = 0;
  #struck = 0;

  constructor(fault: Fault) {
    this.fault = fault;
  }

  /** True when it has struck for the last time. */
  get isSpent(): boolean {
    return this.#struck >= (this.fault.times ?? 1);
  }

  /** To be told of each new connection; true when it strikes this one at once. */
  atConnection(): boolean {
    return (this.fault.on ?? "connect") === "connect" && this.#strikes();
  }

  /** To be told of each message; true when it strikes it. `before`: bytes of the same client before it. */
  atMessage(message: Message, before: number): boolean {
    const { on = "connect", nth = 1 } = this.fault;
    if (on === "bytes") return before + message.bytes.length >= nth && this.#strikes(nth);
    const isMeant =
      on === "message" ||
      (on === "request" && isRequest(message)) ||
      (on === "commit" && isCommit(message)) ||
      (on instanceof RegExp && on.test(message.text));
    return isMeant && this.#strikes();
  }

  #strikes(more = 1): boolean {
    const { nth = 1, times = 1 } = this.fault;
    this.#seen += more;
    if (this.#seen < nth || this.#struck >= times) return false;
    this.#struck += 1;
    return true;
  }
}
