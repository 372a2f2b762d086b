/**
 * How many rows a batch has, by the locks that its statements take. From 5,000 locks of one statement on one index or heap the
 * server tries for a lock on the whole table, and holds it until the commit: nobody else reads or writes then. Each index
 * counts by itself, and so does each statement, whatever the transaction holds.
 */
import type { LockEscalation } from "../target.ts";

/** A row takes a lock on its key, one on the gap before the next key (HOLDLOCK), and one on a page that it may have for itself. */
export const ESCALATION: LockEscalation = { locksPerRow: 3, locks: 5000 };

/** 4,800 locks. */
export const BATCH_ROWS = 1600;
