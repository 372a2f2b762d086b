/** Cuts the bytes of a connection into TDS messages and back. Knows packet headers only, nothing of what they carry. */
import { HEADER_LENGTH, OFFSET } from "tedious/lib/packet.js";

/** The kinds of messages. */
export const MESSAGE = {
  SQL_BATCH: 0x01,
  RPC: 0x03,
  RESULT: 0x04,
  ATTENTION: 0x06,
  BULK_LOAD: 0x07,
  FEDAUTH_TOKEN: 0x08,
  TRANSACTION_MANAGER: 0x0e,
  LOGIN7: 0x10,
  PRELOGIN: 0x12,
} as const;

const LAST = 0x01;
const IGNORE = 0x02;

/** A whole message of the client. */
export interface Message {
  readonly type: number;
  readonly data: Buffer;
  /** The client gave up in the middle of sending it: it must not be run. */
  readonly ignored: boolean;
}

/** Collects packets until they make a message. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];

  /** Whether a packet begins next. */
  get atBoundary(): boolean {
    return this.#rest.length === 0;
  }

  /** Takes the next bytes; answers with the messages that they complete. */
  push(bytes: Buffer): Message[] {
    const buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const messages: Message[] = [];
    let offset = 0;
    while (buffer.length - offset >= HEADER_LENGTH) {
      const length = buffer.readUInt16BE(offset + OFFSET.Length);
      if (length < HEADER_LENGTH) throw new Error(`a packet of ${length} bytes`);
      if (buffer.length - offset < length) break;
      const message = this.#packet(buffer.subarray(offset, offset + length));
      if (message) messages.push(message);
      offset += length;
    }
    this.#rest = buffer.subarray(offset);
    return messages;
  }

  #packet(packet: Buffer): Message | undefined {
    const status = packet.readUInt8(OFFSET.Status);
    this.#parts.push(packet.subarray(HEADER_LENGTH));
    if ((status & LAST) === 0) return undefined;
    const data = Buffer.concat(this.#parts);
    this.#parts = [];
    return { type: packet.readUInt8(OFFSET.Type), data, ignored: (status & IGNORE) !== 0 };
  }
}

/** What all packets of a message share. */
export interface PacketFormat {
  readonly type: number;
  readonly packetSize: number;
}

/** The packets of one message, which may be written in several pieces. */
export class PacketCutter {
  readonly #format: PacketFormat;
  #number = 0;

  constructor(format: PacketFormat) {
    this.#format = format;
  }

  /** Cuts off full packets; answers with them and with what is left over. */
  full(data: Buffer): { readonly packets: Buffer; readonly rest: Buffer } {
    const room = this.#format.packetSize - HEADER_LENGTH;
    const packets: Buffer[] = [];
    let offset = 0;
    // The last packet is marked as such, so one that is exactly full waits as well.
    for (; data.length - offset > room; offset += room) {
      packets.push(this.#header(room, 0), data.subarray(offset, offset + room));
    }
    return { packets: Buffer.concat(packets), rest: data.subarray(offset) };
  }

  /** Cuts the end of the message. */
  last(data: Buffer): Buffer {
    const { packets, rest } = this.full(data);
    return Buffer.concat([packets, this.#header(rest.length, LAST), rest]);
  }

  /** Cuts everything off, with more to come. */
  all(data: Buffer): Buffer {
    const { packets, rest } = this.full(data);
    if (rest.length === 0) return packets;
    return Buffer.concat([packets, this.#header(rest.length, 0), rest]);
  }

  #header(length: number, status: number): Buffer {
    const header = Buffer.alloc(HEADER_LENGTH);
    this.#number = (this.#number + 1) % 256;
    header.writeUInt8(this.#format.type, OFFSET.Type);
    header.writeUInt8(status, OFFSET.Status);
    header.writeUInt16BE(HEADER_LENGTH + length, OFFSET.Length);
    header.writeUInt8(this.#number, OFFSET.PacketID);
    return header;
  }
}
