/** Progress; the load's own seconds are the clock, and the time of day is given. */
import { describe, expect, test } from "vitest";
import { MemoryOutput } from "../../helpers/run-upsurge.ts";
import { makeProgress } from "../../../src/cli/progress.ts";
import { progressParts } from "../../../src/cli/progress-text.ts";
import { Screen } from "../../../src/cli/screen.ts";
import type { Away, Progress } from "../../../src/model/report/progress.ts";
import type { Options } from "../../../src/options/options.ts";
import { defaultOptions } from "../../../src/options/parse-options.ts";

const NOW = new Date(2026, 10, 28, 13, 57, 17);

const AWAY: Away = {
  reason: "the server went away",
  nextInSeconds: 2.3,
  givesUpInSeconds: 30,
  nextTry: 5,
};

const AWAY_TEXT = "the server went away; trying again in 3 s, until 13:57:47, try 5";

function at(seconds: number, more: Partial<Progress> = {}): Progress {
  return {
    phase: "loading",
    waitingFor: null,
    away: null,
    records: seconds * 1000,
    rejected: 0,
    bytes: seconds * 100_000,
    totalBytes: 2_000_000,
    share: (seconds * 100_000) / 2_000_000,
    recordsPerSecond: 1000,
    secondsLeft: 20 - seconds,
    seconds,
    ...more,
  };
}

function textOf(progress: Progress): string {
  return progressParts(progress, NOW).join(", ");
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a display prints and logs. */
function played(
  options: Partial<Options>,
  { isTTY = false, columns = 100 }: Terminal,
  shown: readonly Progress[],
): { text: string; logged: string[] } {
  const stderr = new MemoryOutput(isTTY, columns);
  const logged: string[] = [];
  const display = makeProgress(
    { ...defaultOptions(), ...options },
    {
      screen: new Screen(stderr),
      log: { warn: (_facts: unknown, text: string) => void logged.push(text) },
      now: () => NOW,
    },
  );
  for (const progress of shown) display.show(progress);
  display.end();
  return { text: stderr.text, logged };
}

/** The states of the status line. */
function drawn(text: string): string[] {
  return text.split("\r\u001B[2K").slice(1);
}

describe("what is said", () => {
  test("percent and time left first, then records, pace and bytes", () => {
    expect(textOf(at(5))).toBe("25 %, 15 s left, 5,000 records, 1,000 rows/s, 500 kB of 2.0 MB");
  });

  test("no share of a stream, and rejects only when there are some", () => {
    const stream = { totalBytes: null, share: null, secondsLeft: null, rejected: 3 };

    expect(textOf(at(5, stream))).toBe("5,000 records, 3 rejected, 1,000 rows/s, 500 kB, 5 s");
  });

  test("never 100 % before the end", () => {
    expect(textOf(at(20, { secondsLeft: null }))).toMatch(/^99 %, 20,000 records, /);
  });

  test.each<[Partial<Progress>, string]>([
    [{ phase: "connecting", records: 0 }, "connecting, 5 s"],
    [{ phase: "catalog", records: 0 }, "reading the catalog, 5 s"],
    [
      { phase: "waiting", waitingFor: "a lock held by session 42 of bob" },
      "waiting for a lock held by session 42 of bob, 5,000 records",
    ],
    [{ phase: "committing" }, "committing, 5,000 records"],
    [{ phase: "away", away: AWAY }, AWAY_TEXT],
  ])("the phase %j", (phase, text) => {
    expect(textOf(at(5, phase))).toBe(text);
  });

  test("what a lock's holder calls itself cannot move the cursor", () => {
    const waitingFor = "a lock held by \u001B[2J\n";

    expect(textOf(at(5, { phase: "waiting", waitingFor }))).toMatch(
      /^waiting for a lock held by \\u001b\[2J\\n,/i,
    );
  });

  test.each<[number, string]>([
    [59.2, "1 min 00 s left"],
    [185, "3 min 05 s left"],
    [7600, "2 h 06 min left"],
  ])("%d seconds left", (secondsLeft, text) => {
    expect(progressParts(at(5, { secondsLeft }), NOW)[1]).toBe(text);
  });
});

describe("where there is no terminal", () => {
  test("a line every five seconds, with the time of day", () => {
    const seconds = [1, 2, 5, 6, 9, 10, 11];
    const { text } = played(
      {},
      {},
      seconds.map((second) => at(second)),
    );

    expect(text.split("\n")).toEqual([
      `13:57:17 ${textOf(at(5))}`,
      `13:57:17 ${textOf(at(10))}`,
      "",
    ]);
  });

  test("a wait and a server that is away are said at once, and once while they last", () => {
    const waiting = { phase: "waiting", waitingFor: "a lock held by session 42" } as const;
    const away = { phase: "away", away: AWAY } as const;
    const { text } = played({}, {}, [
      at(1),
      at(1.1, waiting),
      at(1.2, waiting),
      at(1.3),
      at(1.4, away),
      at(1.5, { phase: "connecting" }),
      at(1.6, away),
      at(1.7, { phase: "catalog" }),
      at(1.8, away),
    ]);

    expect(text.split("\n")).toEqual([
      expect.stringMatching(/^13:57:17 waiting for a lock held by session 42, /),
      `13:57:17 ${AWAY_TEXT}`,
      `13:57:17 ${AWAY_TEXT}`,
      "",
    ]);
  });

  test("JSON lines for machines", () => {
    const { text } = played({ progress: "json" }, {}, [at(1)]);

    expect(JSON.parse(text)).toEqual({
      event: "progress",
      runId: expect.any(String),
      ...at(1),
    });
  });

  test.each([[{ progress: "none" }], [{ quiet: true }]] as const)(
    "%j prints nothing, and logs once that the server is away",
    (options) => {
      const away = { phase: "away", away: AWAY } as const;
      const again = at(7, { phase: "connecting" });
      const { text, logged } = played(options, { isTTY: true }, [
        at(1),
        at(6, away),
        again,
        at(8, away),
        at(12),
      ]);

      expect([text, logged]).toEqual(["", [AWAY_TEXT]]);
    },
  );
});

describe("on a terminal", () => {
  test("one line is redrawn, and cleared", () => {
    const { text } = played({}, { isTTY: true }, [at(1), at(2)]);

    expect(drawn(text)).toEqual([
      `${textOf(at(1))} [#-------------------]`,
      `${textOf(at(2))} [##------------------]`,
      "",
    ]);
  });

  test.each<[number, string]>([
    [0, textOf(at(5))],
    [80, textOf(at(5))],
    [60, "25 %, 15 s left, 5,000 records, 1,000 rows/s"],
    [40, "25 %, 15 s left, 5,000 records"],
    [30, "25 %, 15 s left"],
    [16, "25 %, 15 s left"],
    [8, "25 %"],
  ])("percent and time left are not cut at %d columns", (columns, line) => {
    const { text } = played({}, { isTTY: true, columns }, [at(5)]);

    expect(drawn(text)).toEqual([line, ""]);
  });

  test("a line of wide characters is cut by their width", () => {
    const waitingFor = "a lock held by 山田";
    const waiting = at(5, { phase: "waiting", waitingFor });
    const { text } = played({}, { isTTY: true, columns: 30 }, [waiting]);

    expect(drawn(text)).toEqual(["waiting for a lock held by 山", ""]);
  });

  test("one line takes the bar's place while the server is away", () => {
    const { text } = played({}, { isTTY: true }, [at(5), at(6, { phase: "away", away: AWAY })]);

    expect(drawn(text).slice(1)).toEqual([AWAY_TEXT, ""]);
  });

  test.each([
    [{}, true, true],
    [{ TERM: "dumb" }, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
  ])("%j: redrawn %s, coloured %s", (environment, isTerminal, isColoured) => {
    const screen = new Screen(new MemoryOutput(true), environment);

    expect([screen.isTerminal, screen.isColoured]).toEqual([isTerminal, isColoured]);
  });

  test("a line of the log goes above the bar", () => {
    const stderr = new MemoryOutput(true);
    const screen = new Screen(stderr);

    screen.showStatus("bar");
    screen.print("note\n");

    expect(stderr.text).toBe("\r\u001B[2Kbar\r\u001B[2Knote\n\r\u001B[2Kbar");
  });
});
