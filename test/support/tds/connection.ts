/** One client's connection: its handshake, its login, then its requests in the order they come. */
import type { Socket } from "node:net";
import { Answer } from "./answer.ts";
import type { TdsBackend } from "./backend.ts";
import type { TdsFaults, TdsRequest } from "./faults.ts";
import { MESSAGE, MessageReader, PacketCutter } from "./packets.ts";
import type { Message } from "./packets.ts";
import { announcesToken, readLogin, readToken } from "./requests.ts";
import type { Login } from "./requests.ts";
import { RequestRunner, asMessage } from "./runner.ts";
import type { Outcome } from "./runner.ts";
import { secure } from "./tls.ts";

const FIRST_PACKET_SIZE = 4096;
const ENCRYPTION = { off: 0x02, on: 0x01 } as const;

/** What a connection needs of its server. */
export interface TdsHost {
  readonly backend: TdsBackend;
  readonly encryption: "off" | "on";
  readonly faults: TdsFaults;
  /** Counts a request among those of its kind. */
  count(kind: TdsRequest["kind"]): number;
  loggedIn(login: Omit<Login, "password">): void;
}

/** A client's connection. */
export class TdsConnection {
  /** Resolves when the socket and the session are closed. */
  readonly closed: Promise<void>;
  readonly #host: TdsHost;
  #stream: Socket;
  #packetSize = FIRST_PACKET_SIZE;
  #runner: RequestRunner | undefined;
  #running: AbortController | undefined;
  /** Announced, and without its token as yet. */
  #waiting: Login | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(host: TdsHost, socket: Socket) {
    this.#host = host;
    this.#stream = socket;
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#running?.abort();
        this.#queue = this.#queue.then(() => this.#runner?.close());
        resolve(this.#queue);
      });
    });
    this.#listen(socket);
  }

  /** Breaks the connection. */
  cut(): void {
    this.#stream.destroy();
  }

  #listen(stream: Socket): void {
    const reader = new MessageReader();
    this.#stream = stream;
    // What breaks a connection also closes it, and that is all that matters here.
    stream.on("error", () => stream.destroy());
    stream.on("data", (bytes: Buffer) => {
      try {
        for (const message of reader.push(bytes)) this.#receive(message);
      } catch {
        // What is not TDS gets no answer.
        stream.destroy();
      }
    });
  }

  #receive(message: Message): void {
    if (message.type === MESSAGE.ATTENTION) {
      this.#running?.abort();
      this.#enqueue(() => this.#acknowledgeAttention());
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.#enqueue(() => this.#handle(message, running.signal));
  }

  #enqueue(work: () => Promise<Outcome>): void {
    this.#queue = this.#queue.then(work).then(
      (outcome) => this.#conclude(outcome),
      () => this.cut(),
    );
  }

  #conclude(outcome: Outcome): void {
    if (outcome === "cut") this.cut();
    if (outcome === "end") this.#stream.destroySoon();
  }

  async #handle(message: Message, signal: AbortSignal): Promise<Outcome> {
    if (this.#stream.destroyed) return "cut";
    if (message.type === MESSAGE.PRELOGIN) return this.#negotiate();
    if (this.#runner) return await this.#runner.run(message, signal);
    if (message.type === MESSAGE.LOGIN7) return await this.#begin(message.data);
    if (message.type === MESSAGE.FEDAUTH_TOKEN && this.#waiting) {
      return await this.#login({ ...this.#waiting, token: readToken(message.data) });
    }
    return "cut";
  }

  #negotiate(): Outcome {
    const format = { type: MESSAGE.RESULT, packetSize: FIRST_PACKET_SIZE };
    this.#stream.write(new PacketCutter(format).last(prelogin(this.#host.encryption)));
    if (this.#host.encryption === "on") {
      this.#stream.removeAllListeners("data");
      this.#listen(secure(this.#stream));
    }
    return "open";
  }

  /** Logs in, or says first where there is a token for it. */
  async #begin(data: Buffer): Promise<Outcome> {
    const login = readLogin(data);
    if (!announcesToken(data)) return await this.#login(login);
    this.#waiting = login;
    const answer = new Answer(this.#outlet());
    answer.tokens.fedAuthInfo("https://login.example.com/tenant", "https://database.windows.net/");
    await answer.send();
    return "open";
  }

  async #login({ password, ...login }: Login): Promise<Outcome> {
    const answer = new Answer(this.#outlet());
    try {
      const session = await this.#host.backend.login({ ...login, password });
      this.#packetSize = login.packetSize;
      const { faults } = this.#host;
      const count = this.#host.count.bind(this.#host);
      this.#runner = new RequestRunner({ session, outlet: this.#outlet(), faults, count });
      this.#host.loggedIn(login);
    } catch (error) {
      answer.error(asMessage(error));
      await answer.end();
      return "end";
    }
    answer.tokens.databaseChange(login.database === "" ? "master" : login.database);
    answer.tokens.collationChange();
    answer.tokens.loginAck();
    if (login.token !== undefined) answer.tokens.fedAuthAck();
    answer.tokens.packetSizeChange(login.packetSize);
    await answer.end();
    return "open";
  }

  async #acknowledgeAttention(): Promise<Outcome> {
    const answer = new Answer(this.#outlet());
    answer.tokens.done({ token: "DONE", attention: true });
    await answer.send();
    return "open";
  }

  #outlet(): { stream: Socket; packetSize: number } {
    return { stream: this.#stream, packetSize: this.#packetSize };
  }
}

/** The server's side of the negotiation: its version, whether it encrypts, and that it knows no MARS. */
function prelogin(encryption: keyof typeof ENCRYPTION): Buffer {
  const options: readonly (readonly [token: number, data: readonly number[]])[] = [
    [0x00, [16, 0, 0x03, 0xe8, 0, 0]],
    [0x01, [ENCRYPTION[encryption]]],
    [0x04, [0]],
  ];
  const bytes: number[] = [];
  const terminator = 0xff;
  let offset = options.length * 5 + 1;
  for (const [token, data] of options) {
    bytes.push(token, offset >> 8, offset & 0xff, 0, data.length);
    offset += data.length;
  }
  return Buffer.from([...bytes, terminator, ...options.flatMap(([, data]) => data)]);
}
