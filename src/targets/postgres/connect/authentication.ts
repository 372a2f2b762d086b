/**
 * Watches how a server lets a client in, and breaks the connection before a password leaves when that is not what
 * `require_auth`, `channel_binding` or `sslnegotiation` asks for.
 */
import { TLSSocket } from "node:tls";
import type { Client } from "pg";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { AuthenticationMethod } from "./require-auth.ts";
import { LOGIN_FIX } from "../words.ts";

/** What must hold before the client counts as logged in. */
export interface AuthenticationRule {
  /** `null`: any. */
  readonly allowed: ReadonlySet<AuthenticationMethod> | null;
  /** Only SCRAM that is bound to the TLS channel. */
  readonly bound: boolean;
  /** TLS began without being asked for, which the server must confirm by ALPN. */
  readonly direct: boolean;
}

type DataListener = (chunk: Buffer) => void;

/** What the driver has beneath a client. */
interface AuthenticationWire extends NodeJS.EventEmitter {
  readonly stream: NodeJS.ReadWriteStream & { destroy(error: Error): unknown };
  attachListeners(stream: NodeJS.ReadWriteStream): void;
}

/**
 * The watch over one client; to be made before it connects, so that it sees every message first. `refusal` tells why the
 * connection was broken: the driver may call itself connected before it notices.
 */
export class AuthenticationWatch {
  refusal: Error | null = null;
  readonly #wire: AuthenticationWire;
  readonly #rule: AuthenticationRule;
  #way: AuthenticationMethod = "none";
  #isBound = false;
  #isProven = false;
  #isIn = false;

  constructor(client: Client, rule: AuthenticationRule, target: string) {
    const wire = (client as unknown as { readonly connection: AuthenticationWire }).connection;
    this.#wire = wire;
    this.#rule = rule;
    wire.on("authenticationCleartextPassword", () => this.#asked("password"));
    wire.on("authenticationMD5Password", () => this.#asked("md5"));
    wire.on("authenticationSASL", ({ mechanisms }: { readonly mechanisms: readonly string[] }) =>
      this.#askedBySasl(mechanisms),
    );
    wire.on("authenticationSASLFinal", () => (this.#isProven = true));
    wire.on("authenticationOk", () => this.#letIn());
    wire.on("sslconnect", () => this.#encrypted());
    catchUnknown(wire, (error) => {
      // The driver throws for a way to log in that it does not know, and nobody would catch that.
      const reason = "it asks for a login that the driver does not know, such as GSSAPI";
      if (!this.#isIn)
        this.refusal ??= upsurgeError("TARGET_LOGIN", { target, reason }, { fix: LOGIN_FIX });
      wire.stream.destroy(this.refusal ?? error);
    });
  }

  #asked(way: AuthenticationMethod): void {
    this.#way = way;
    if (this.#rule.bound && way !== "scram-sha-256") {
      this.#refuse(
        "channel_binding",
        `it asks for ${say(way)}, which does not allow channel binding`,
      );
    } else if (this.#rule.allowed?.has(way) === false) {
      this.#refuse("require_auth", `it asks for ${say(way)}`);
    }
  }

  #askedBySasl(mechanisms: readonly string[]): void {
    const hasScram = mechanisms.some((each) => each.startsWith("SCRAM-SHA-256"));
    this.#isBound =
      mechanisms.includes("SCRAM-SHA-256-PLUS") && this.#wire.stream instanceof TLSSocket;
    this.#asked(hasScram ? "scram-sha-256" : "oauth");
    if (this.#rule.bound && !this.#isBound) {
      this.#refuse("channel_binding", "it does not offer SCRAM-SHA-256-PLUS on this connection");
    }
  }

  #letIn(): void {
    this.#isIn = true;
    const { allowed, bound } = this.#rule;
    if (bound && !(this.#isBound && this.#isProven)) {
      this.#refuse("channel_binding", "it lets the user in without channel binding");
    } else if (allowed?.has(this.#way) === false) {
      this.#refuse("require_auth", `it lets the user in by ${say(this.#way)}`);
    } else if (allowed !== null && this.#way === "scram-sha-256" && !this.#isProven) {
      this.#refuse("require_auth", "it does not prove that it knows the password");
    }
  }

  #encrypted(): void {
    const { stream } = this.#wire;
    if (!this.#rule.direct || !(stream instanceof TLSSocket)) return;
    stream.once("secureConnect", () => {
      if (stream.alpnProtocol === "postgresql") return;
      this.#refuse("sslnegotiation", "it does not confirm by ALPN that it speaks PostgreSQL");
    });
  }

  /** From now on nothing more is written, whatever the driver goes on to do. */
  #refuse(parameter: string, reason: string): void {
    this.refusal ??= upsurgeError("TARGET_SECURITY", { parameter, reason });
    this.#wire.stream.destroy(this.refusal);
  }
}

/** Hears of what the driver throws while it reads. */
function catchUnknown(wire: AuthenticationWire, caught: (error: Error) => void): void {
  const attach = wire.attachListeners.bind(wire);
  wire.attachListeners = (stream) => {
    attach(stream);
    const listener = stream.listeners("data").at(-1) as DataListener;
    stream.off("data", listener);
    stream.on("data", (chunk: Buffer) => {
      try {
        listener(chunk);
      } catch (error) {
        caught(error instanceof Error ? error : new Error(String(error)));
      }
    });
  };
}

function say(method: AuthenticationMethod): string {
  if (method === "password") return "the password in the clear";
  return method === "none" ? "no login at all" : method;
}
