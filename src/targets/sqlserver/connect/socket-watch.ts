/** What the driver's pool does not tell of the connection beneath it: why a login failed, that the socket is gone. */
import type { EventEmitter } from "node:events";
import type { Connection as Wire } from "mssql";
import type { ServerMessage } from "./connect-error.ts";

/** The driver's connection beneath its pool: watched, and cut when need be. */
export class SocketWatch {
  /** What the server had against the login. */
  readonly messages: ServerMessage[] = [];
  /** Set by who begins and ends transactions; unset here when the server ends one by itself. */
  inTransaction = false;
  readonly #patienceMs: number | undefined;
  #wire: Wire | null = null;
  #lost = false;

  /** `patienceMs` is how long opening may take; without it, as long as it takes. */
  constructor(patienceMs: number | undefined) {
    this.#patienceMs = patienceMs;
  }

  /** True once the socket is gone. */
  get lost(): boolean {
    return this.#lost;
  }

  /** To be called with every connection that the pool opens; the last one counts. */
  watch(wire: Wire): void {
    this.#wire = wire;
    this.#lost = false;
    let isOpen = false;
    const events: EventEmitter = wire;
    events.on("connect", (failure: unknown) => {
      if (failure) return;
      isOpen = true;
      // Whatever it complained about, it took the login.
      this.messages.length = 0;
    });
    events.on("errorMessage", ({ number, message }: ServerMessage) => {
      if (!isOpen) this.messages.push({ number, message });
    });
    events.on("rollbackTransaction", () => (this.inTransaction = false));
    for (const end of ["error", "end"]) events.on(end, () => (this.#lost = true));
  }

  /** The pool's trial connection has ended, which is no loss. */
  forgetTrial(): void {
    this.#lost = false;
  }

  /** Destroys the socket; a request that is still running fails with ECLOSE. */
  cut(): void {
    this.#lost = true;
    this.#wire?.close();
  }

  /** Cuts the line, and says why, when `work` takes longer than `limitMs`: without one, than opening may. */
  async inTime<T>(work: () => Promise<T>, limitMs = this.#patienceMs): Promise<T> {
    if (limitMs === undefined || limitMs <= 0) return work();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // First of all, or the call would fail with what the cut makes of it.
        reject(Object.assign(new Error(`no answer in ${limitMs / 1000} s`), { code: "ETIMEDOUT" }));
        this.cut();
      }, limitMs);
    });
    try {
      return await Promise.race([work(), patience]);
    } finally {
      clearTimeout(timer);
    }
  }
}
