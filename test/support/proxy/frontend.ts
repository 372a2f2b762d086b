/**
 * Cuts what a client sends into messages: as much of PostgreSQL's protocol as it takes to see the statements, and no other.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import type { Message } from "./fault.ts";

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** The messages of one connection. */
export class Frontend {
  #rest = Buffer.alloc(0);
  /** `asked`: for encryption, and not answered yet. */
  #state: "startup" | "asked" | "open" | "unreadable";

  /** `readable`: the client speaks PostgreSQL's protocol. */
  constructor(readable: boolean) {
    this.#state = readable ? "startup" : "unreadable";
  }

  /** To be told of the server's answers: whether what follows is encrypted. */
  answered(answer: Buffer): void {
    if (this.#state === "asked") this.#state = answer[0] === 0x53 ? "unreadable" : "startup";
  }

  /** The messages that are complete with this chunk; what is not waits for the next. */
  push(chunk: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (let next = this.#next(); next !== null; next = this.#next()) messages.push(next);
    return messages;
  }

  /** What waits for its end; it is not waited for any more. */
  takeRest(): Buffer {
    return this.#take(this.#rest.length);
  }

  #next(): Message | null {
    if (this.#rest.length === 0) return null;
    if (this.#state === "unreadable") {
      // UTF-16 reads like ASCII without its zeros.
      const text = this.#rest.toString("latin1").replaceAll("\0", "");
      return { kind: "bytes", text, bytes: this.#take(this.#rest.length) };
    }
    const head = this.#state === "open" ? 1 : 0;
    if (this.#rest.length < head + 4) return null;
    const length = head + this.#rest.readUInt32BE(head);
    if (this.#rest.length < length) return null;
    const bytes = this.#take(length);
    return head === 0 ? this.#startup(bytes) : typed(bytes);
  }

  #startup(bytes: Buffer): Message {
    const asks = [SSL_REQUEST, GSS_REQUEST].includes(bytes.length < 8 ? 0 : bytes.readUInt32BE(4));
    this.#state = asks ? "asked" : "open";
    return { kind: asks ? "ssl" : "startup", text: "", bytes };
  }

  #take(length: number): Buffer {
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }
}

/** Query holds SQL; Parse a name, then SQL. */
function typed(bytes: Buffer): Message {
  const kind = bytes.toString("latin1", 0, 1);
  const [first = "", second = ""] =
    kind === "Q" || kind === "P" ? bytes.toString("utf8", 5).split("\0", 2) : [];
  return { kind, text: kind === "P" ? second : first, bytes };
}
