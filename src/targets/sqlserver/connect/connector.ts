/**
 * Opens the driver's sockets: without Nagle's delay, which the driver leaves on and which costs 40 ms for every message of
 * more than one packet; and such that no login is sent in the clear. The driver asks for encryption, but when the server
 * (or whoever is in between) answers that it has none, it goes on without: so the answer is read here as well.
 */
import { connect } from "node:net";
import type { Socket } from "node:net";

/** The code of the error that ends a connection which the server would not encrypt. */
export const NOT_ENCRYPTED = "EPLAINTEXT";

interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** MS-TDS 2.2.3.1 and 2.2.6.5: a header of 8 bytes, then options of 5 bytes each up to 0xFF. */
const HEADER_BYTES = 8;
const OPTION_BYTES = 5;
const ENCRYPTION = 0x01;
const TERMINATOR = 0xff;
/** The driver, which sets it for sockets that it opens, has 30 s; the operating system two hours. */
const KEEP_ALIVE_MS = 10_000;
/** ENCRYPT_ON and ENCRYPT_REQ. */
const ENCRYPTED = [0x01, 0x03];

/** What a connector is to do. */
export interface ConnectorOptions {
  readonly timeoutMs: number;
  /** The server must answer that it encrypts. */
  readonly encryptedOnly: boolean;
}

/**
 * Makes the driver's connector. The driver passes the address when it knows better than the URL: where a named instance
 * listens, or where the server sends its clients.
 */
export function connector(
  configured: SocketAddress,
  { timeoutMs, encryptedOnly }: ConnectorOptions,
): (address?: Partial<SocketAddress>) => Promise<Socket> {
  return async (address) => {
    const socket = await open({ ...configured, ...address }, timeoutMs);
    if (encryptedOnly) demandEncryption(socket);
    return socket;
  };
}

function open({ host, port }: SocketAddress, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    const timer = setTimeout(() => {
      socket.destroy(failure(`no answer in ${timeoutMs / 1000} s`, "ETIMEDOUT"));
    }, timeoutMs);
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(timer));
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/** Ends the connection when the first answer says that what follows would not be encrypted. */
function demandEncryption(socket: Socket): void {
  let answer = Buffer.alloc(0);
  const look = (chunk: Buffer): void => {
    answer = Buffer.concat([answer, chunk]);
    if (answer.length < HEADER_BYTES || answer.length < answer.readUInt16BE(2)) return;
    socket.off("data", look);
    if (!ENCRYPTED.includes(encryptionOf(answer.subarray(HEADER_BYTES)) ?? -1)) {
      socket.destroy(failure("the server does not encrypt connections", NOT_ENCRYPTED));
    }
  };
  socket.on("data", look);
}

function encryptionOf(options: Buffer): number | undefined {
  for (let at = 0; at + OPTION_BYTES <= options.length; at += OPTION_BYTES) {
    if (options[at] === TERMINATOR) return undefined;
    if (options[at] === ENCRYPTION) return options[options.readUInt16BE(at + 1)];
  }
  return undefined;
}

function failure(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
