/** Finds out who holds the lock that a load waits for, once nothing has moved for a while. */
import type { Session } from "../targets/target.ts";

/** Nothing has moved for so long before anybody is asked. */
const STILL_MS = 900;

/** Between two questions while a lock is waited for, and at most while none is: a statement may just take long. */
const BLOCKED_MS = 2000;
const LONGEST_MS = 15_000;

/** Watches the sessions of one load. */
export class LockWatch {
  #sessions: readonly Session[] = [];
  #holder: string | null = null;
  #movedAt = performance.now();
  #nextLook = 0;
  #pauseMs = BLOCKED_MS;
  #looking = false;

  /** What is waited for, as a noun; `null`: nothing that is known. */
  get holder(): string | null {
    return this.#holder === null ? null : `a lock held by ${this.#holder}`;
  }

  /** A session that may come to wait. */
  watch(session: Session): void {
    this.#sessions = [...this.#sessions, session];
  }

  /** Another try has other sessions. */
  forget(): void {
    this.#sessions = [];
    this.moved();
  }

  /** Something was done; tells for how many milliseconds a lock was waited for before. */
  moved(): number {
    const now = performance.now();
    const waitedMs = this.#holder === null ? 0 : now - this.#movedAt;
    this.#holder = null;
    this.#movedAt = now;
    this.#nextLook = now + STILL_MS;
    this.#pauseMs = BLOCKED_MS;
    return waitedMs;
  }

  /** Asks, when it is time to; true when the answer is another one than before. Never throws. */
  async look(): Promise<boolean> {
    if (this.#looking || performance.now() < this.#nextLook) return false;
    this.#looking = true;
    const [movedAt, before] = [this.#movedAt, this.#holder];
    const holder = await this.#ask().finally(() => (this.#looking = false));
    // What was done meanwhile is the newer news.
    if (movedAt !== this.#movedAt) return false;
    this.#holder = holder;
    this.#pauseMs = holder === null ? Math.min(LONGEST_MS, 2 * this.#pauseMs) : BLOCKED_MS;
    this.#nextLook = performance.now() + this.#pauseMs;
    return holder !== before;
  }

  async #ask(): Promise<string | null> {
    for (const session of this.#sessions) {
      const holder = await session.blockedBy();
      if (holder !== null) return holder;
    }
    return null;
  }
}
