import { describe, expect, test } from "vitest";
import type { Batch, Row, RowFault } from "../../../src/model/batch.ts";
import type { TablePlan } from "../../../src/model/load-plan.ts";
import { TransactionAborted } from "../../../src/targets/target.ts";
import type { ErrorClass, Writer } from "../../../src/targets/target.ts";
import type { SetWriter } from "../../../src/targets/set-writer.ts";
import { Quarantine } from "../../../src/write/quarantine.ts";
import { BatchWriter } from "../../../src/write/write-batch.ts";
import { ABLE, planFor, table } from "../../helpers/shapes.ts";
import { row } from "../../support/grammar/texts.ts";

const SHAPE = { id: 0, columns: ["id", "a", "b"] };

function rowsFrom(first: number, count: number): Row[] {
  return Array.from({ length: count }, (_, at) => row(first + at, SHAPE));
}

function batch(rows: readonly Row[]): Batch {
  return { number: 1, size: rows.length, rows, packed: null };
}

function faultOf(refused: Row): RowFault {
  return {
    row: refused,
    code: "ROW_REFUSED",
    dbCode: "245",
    column: null,
    constraint: null,
    message: "no",
  };
}

/** A writer that notes how rows are written, and stumbles over a set that holds the row `doomed`. */
class Scribe implements Writer {
  readonly notes: string[] = [];
  readonly set: SetWriter;
  readonly #doomed: number | null;

  constructor(doomed: number | null = null) {
    this.#doomed = doomed;
    const note = (text: string): void => void this.notes.push(text);
    this.set = {
      savepoint: async () => {},
      release: async () => {},
      rollbackToSavepoint: async () => note("undone"),
      stage: async () => [],
      repeats: async () => [],
      apply: async ({ rows }) => {
        if (rows.some(({ ord }) => ord === this.#doomed))
          throw new TransactionAborted("lost", rows, null);
        note(`set ${ords(rows)}`);
        return { inserted: rows.length };
      },
    };
  }

  async applyEach({ rows }: Batch) {
    this.notes.push(`each ${ords(rows)}`);
    const refused = rows.find(({ ord }) => ord === this.#doomed);
    if (refused !== undefined) throw new TransactionAborted("lost", [refused], faultOf(refused));
    return { counts: { inserted: rows.length }, faults: [] };
  }
}

function ords(rows: readonly Row[]): string {
  return rows.map(({ ord }) => ord).join(",");
}

function classify(error: unknown): ErrorClass {
  return error instanceof TransactionAborted ? "aborted" : "fatal";
}

function batchWriter(
  writer: Writer,
  quarantine: Quarantine,
  plan: TablePlan = planFor(table(), { key: ["id"] }),
) {
  return new BatchWriter(plan, { writer, capabilities: ABLE, classify, quarantine });
}

describe("a quarantine", () => {
  test("begins with nothing", () => {
    const quarantine = new Quarantine();
    const [first] = rowsFrom(0, 1);
    expect(first && quarantine.faultOf(first)).toBeNull();
    expect(quarantine.goesRowByRow(batch(rowsFrom(0, 3)))).toBe(false);
  });

  test("knows a refused row by its place, in every reading of the source", () => {
    const quarantine = new Quarantine();
    const [bad, good] = [row(4, SHAPE), row(5, SHAPE)];
    quarantine.add(new TransactionAborted("lost", [bad], faultOf(bad)));
    const again = row(4, SHAPE);
    expect(quarantine.faultOf(again)).toEqual(faultOf(again));
    expect(quarantine.faultOf(again)?.row).toBe(again);
    expect(quarantine.faultOf(good)).toBeNull();
    expect(quarantine.goesRowByRow(batch([again, good]))).toBe(false);
  });

  test("takes rows alone that failed together, and the batches that hold them only", () => {
    const quarantine = new Quarantine();
    quarantine.add(new TransactionAborted("lost", rowsFrom(10, 5), null));
    expect(quarantine.goesRowByRow(batch(rowsFrom(0, 10)))).toBe(false);
    expect(quarantine.goesRowByRow(batch(rowsFrom(5, 6)))).toBe(true);
    expect(quarantine.goesRowByRow(batch(rowsFrom(14, 9)))).toBe(true);
    expect(quarantine.goesRowByRow(batch(rowsFrom(15, 9)))).toBe(false);
  });
});

describe("a batch writer under quarantine", () => {
  test("lets a lost transaction through, with nothing undone that is gone anyway", async () => {
    const scribe = new Scribe(2);
    const written = batchWriter(scribe, new Quarantine()).write(batch(rowsFrom(0, 4)));
    await expect(written).rejects.toBeInstanceOf(TransactionAborted);
    expect(scribe.notes).toEqual([]);
  });

  test("comes to the one row, and loads the others, in three tries", async () => {
    const quarantine = new Quarantine();
    const tries: (readonly string[])[] = [];
    for (;;) {
      const scribe = new Scribe(2);
      const writer = batchWriter(scribe, quarantine);
      tries.push(scribe.notes);
      try {
        await writer.write(batch(rowsFrom(0, 3)));
        const result = await writer.write(batch(rowsFrom(3, 3)));
        expect(result).toEqual({ counts: expect.objectContaining({ inserted: 3 }), faults: [] });
        break;
      } catch (error) {
        if (!(error instanceof TransactionAborted)) throw error;
        quarantine.add(error);
      }
    }
    expect(tries).toEqual([[], ["each 0,1,2"], ["each 0,1", "set 3,4,5"]]);
  });

  test("counts a refused row without writing it, in its place among the faults", async () => {
    const quarantine = new Quarantine();
    const rows = rowsFrom(0, 3);
    const [first, second, third] = rows;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error("no rows");
    quarantine.add(new TransactionAborted("lost", [second], faultOf(second)));
    const scribe = new Scribe();
    scribe.set.stage = async () => [faultOf(third), faultOf(first)];
    const { faults } = await batchWriter(scribe, quarantine).write(batch(rows));
    expect(faults.map(({ row: { ord } }) => ord)).toEqual([0, 1, 2]);
    expect(scribe.notes).toEqual([]);
  });

  test("writes nothing where all rows are refused", async () => {
    const quarantine = new Quarantine();
    const rows = rowsFrom(0, 2);
    for (const refused of rows) {
      quarantine.add(new TransactionAborted("lost", [refused], faultOf(refused)));
    }
    const scribe = new Scribe();
    const result = await batchWriter(scribe, quarantine).write(batch(rows));
    expect([result.faults.length, scribe.notes]).toEqual([2, []]);
  });
});
