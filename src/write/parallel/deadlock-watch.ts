/**
 * Deadlocks that no server sees: another session waits for one writer of a load and keeps a second one waiting, and the first
 * cannot commit before the second has written. A lock that somebody else wants for himself, as DROP TABLE does, is enough. Once
 * nothing has moved for a while, the database is asked.
 */
import type { Session } from "../../targets/target.ts";

/** How long nothing moves before the database is asked, and the time between two questions: about that of its own detector. */
const STILL_MS = 1000;

/** The sessions of one load. */
export interface WatchedSessions {
  /** The one that asks. */
  readonly leader: Session;
  readonly writers: () => readonly Session[];
  /** Something is being written. */
  readonly isBusy: () => boolean;
  readonly fail: (error: Error) => void;
}

/** Watches the writers of one load, until it is closed. */
export class DeadlockWatch {
  readonly #sessions: WatchedSessions;
  readonly #timer: NodeJS.Timeout;
  #hasMoved = true;
  #isAsking = false;

  constructor(sessions: WatchedSessions) {
    this.#sessions = sessions;
    this.#timer = setInterval(() => void this.#look(), STILL_MS).unref();
  }

  /** Something was done. */
  moved(): void {
    this.#hasMoved = true;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { leader, writers, isBusy, fail } = this.#sessions;
    const wasStill = !this.#hasMoved && isBusy();
    this.#hasMoved = false;
    if (!wasStill || this.#isAsking) return;
    this.#isAsking = true;
    const error = (await leader.deadlockAmong?.(writers())) ?? null;
    this.#isAsking = false;
    // What was done meanwhile is the newer news.
    if (error !== null && !this.#hasMoved) fail(error);
  }
}
