/** What a server answers to the question whether it takes TLS: one byte, before anything else. */
import type { Client } from "pg";

/** The part of the driver's connection that is looked at. */
interface Wire {
  readonly connection?: {
    readonly stream?: { once(event: "data", listener: (bytes: Buffer) => void): unknown };
  };
}

/** `N` of the protocol: no TLS here. */
const NO = 0x4e;

/** Listens to the answer of one client that is about to connect. */
export class TlsAnswer {
  /** The server has no TLS. */
  isNo = false;

  /** `asks`: the client begins with the question. */
  constructor(client: Client, asks: boolean) {
    if (!asks) return;
    (client as unknown as Wire).connection?.stream?.once("data", (bytes) => {
      this.isNo = bytes.length === 1 && bytes[0] === NO;
    });
  }
}
