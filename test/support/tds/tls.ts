/** Encrypts a connection the way TDS 7 does: the TLS handshake travels in PRELOGIN packets, all after it bare. */
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket, createSecureContext } from "node:tls";
import { MESSAGE, MessageReader, PacketCutter } from "./packets.ts";

const PACKET_SIZE = 4096;

/** The certificate of the server, which signs itself, for localhost and 127.0.0.1. */
export const certificate = readFileSync(new URL("localhost-cert.pem", import.meta.url), "utf8");

const secureContext = createSecureContext({
  cert: certificate,
  key: readFileSync(new URL("localhost-key.pem", import.meta.url), "utf8"),
});

/** The encrypted side of a socket whose client begins its handshake next. */
export function secure(socket: Socket): TLSSocket {
  return new TLSSocket(new HandshakeStream(socket), { isServer: true, secureContext });
}

/** Wraps the handshake into packets; the client's first bytes outside of a packet end it. */
class HandshakeStream extends Duplex {
  readonly #socket: Socket;
  readonly #reader = new MessageReader();
  #bare = false;
  #flight: Buffer[] = [];

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.once("end", () => this.push(null));
    socket.once("close", () => this.destroy());
  }

  #receive(bytes: Buffer): void {
    this.#bare ||= this.#reader.atBoundary && bytes[0] !== MESSAGE.PRELOGIN;
    const parts = this.#bare ? [bytes] : this.#reader.push(bytes).map(({ data }) => data);
    for (const part of parts) if (!this.push(part)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, written: (error?: Error | null) => void): void {
    if (this.#bare) {
      this.#socket.write(chunk, written);
      return;
    }
    // The client expects one message in return for each of its own, so all that TLS says at once goes together.
    if (this.#flight.length === 0) setImmediate(() => this.#sendFlight());
    this.#flight.push(chunk);
    written();
  }

  override _final(ended: () => void): void {
    this.#socket.end(ended);
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    this.#socket.destroy();
    destroyed(error);
  }

  #sendFlight(): void {
    const packets = new PacketCutter({ type: MESSAGE.PRELOGIN, packetSize: PACKET_SIZE });
    if (!this.#socket.destroyed) this.#socket.write(packets.last(Buffer.concat(this.#flight)));
    this.#flight = [];
  }
}
