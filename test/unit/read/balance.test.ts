/** What a thread encodes of the records that it finds: so much that neither thread waits for the other. */
import { expect, test } from "vitest";
import { Balance } from "../../../src/read/ahead/balance.ts";

/** What a block takes, in ms; encoding is the same work in either thread. */
interface Work {
  readonly main: number;
  readonly finding: number;
  readonly encoding: number;
  /** What the main thread waits for something else, such as a server. */
  readonly elsewhere?: number;
}

/** The share of so many blocks, one after the other. */
function sharesOf(
  { main, finding, encoding, elsewhere = 0 }: Work,
  blocks: number,
  balance: Balance,
  told: { idle: number; active: number },
): number[] {
  return Array.from({ length: blocks }, () => {
    const { share } = balance;
    told.active = main + (1 - share) * encoding;
    const tookMs = finding + share * encoding;
    told.idle = Math.max(elsewhere, tookMs - told.active);
    balance.note({ tookMs, encodingMs: share * encoding, share });
    return share;
  });
}

function start(): { readonly balance: Balance; readonly told: { idle: number; active: number } } {
  const told = { idle: 0, active: 0 };
  return { balance: new Balance(() => told), told };
}

test("the thread encodes all records where the main thread has more to do", () => {
  const { balance, told } = start();
  const shares = sharesOf({ main: 9, finding: 2, encoding: 4 }, 20, balance, told);
  expect(new Set(shares)).toEqual(new Set([1]));
});

test("both come to take equally long where the thread has more to do", () => {
  const { balance, told } = start();
  const work = { main: 3, finding: 2, encoding: 4 };
  const last = sharesOf(work, 30, balance, told).at(-1) ?? 0;
  expect(work.finding + last * work.encoding).toBeCloseTo(work.main + (1 - last) * work.encoding);
});

test("the main thread encodes all of them where finding them takes longest, and fewer when it has more to do again", () => {
  const { balance, told } = start();
  const slow = sharesOf({ main: 1, finding: 9, encoding: 2 }, 30, balance, told);
  expect(slow.at(-1)).toBe(0);
  const after = sharesOf({ main: 9, finding: 2, encoding: 4 }, 30, balance, told);
  expect(after.at(-1)).toBe(1);
});

test("waiting for a server is no reason to spare a thread that waits as well", () => {
  const { balance, told } = start();
  const work = { main: 3, finding: 2, encoding: 1, elsewhere: 20 };
  expect(sharesOf(work, 30, balance, told).at(-1)).toBe(1);
});

test("nothing is changed where nothing is encoded", () => {
  const { balance, told } = start();
  expect(sharesOf({ main: 1, finding: 9, encoding: 0 }, 5, balance, told).at(-1)).toBe(1);
});
