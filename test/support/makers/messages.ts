/** PostgreSQL's messages, as far as a server is played: cutting bytes into them, and making those of its own. */

/** A message behind the start of a connection. */
export interface WireMessage {
  /** One character. */
  readonly type: string;
  readonly body: Buffer;
}

const HEAD = 5;

/** Takes the whole messages from `bytes`, and leaves the rest. */
export function cutMessages(bytes: Buffer): {
  readonly messages: WireMessage[];
  readonly rest: Buffer;
} {
  const messages: WireMessage[] = [];
  let at = 0;
  while (bytes.length - at >= HEAD) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (bytes.length < end) break;
    messages.push({
      type: String.fromCharCode(bytes[at] ?? 0),
      body: bytes.subarray(at + HEAD, end),
    });
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}

/** The message as bytes. */
export function bytesOf({ type, body }: WireMessage): Buffer {
  const head = Buffer.alloc(HEAD);
  head.write(type, 0, "latin1");
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** The SQL of a message of a client; `null`: it has none. */
export function sqlOf({ type, body }: WireMessage): string | null {
  if (type === "Q") return text(body, 0);
  if (type !== "P") return null;
  return text(body, body.indexOf(0) + 1);
}

/** The same message with other SQL. */
export function withSql({ type, body }: WireMessage, sql: string): WireMessage {
  const told = Buffer.from(`${sql}\0`);
  if (type === "Q") return { type, body: told };
  const start = body.indexOf(0) + 1;
  const after = body.indexOf(0, start) + 1;
  return { type, body: Buffer.concat([body.subarray(0, start), told, body.subarray(after)]) };
}

/** A text that ends with a zero. */
export function text(body: Buffer, start: number): string {
  return body.toString("utf8", start, body.indexOf(0, start));
}

/** An error of the server's. */
export function errorMessage(code: string, message: string): WireMessage {
  const fields = [`SERROR`, `VERROR`, `C${code}`, `M${message}`]
    .map((field) => `${field}\0`)
    .join("");
  return { type: "E", body: Buffer.from(`${fields}\0`) };
}
