/** A job with fewer writers than were asked for, or than the run had that was killed while one of them was ahead. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { firstOf } from "../tiers/tiers.ts";
import { BIN, launch } from "./torture/launch.ts";
import { complete, ready, under } from "./torture/scenario.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

describe("from two writers", () => {
  const database = useDatabase(postgres);

  test("to one for a stream, where a reject would take another try", async () => {
    const base = mkdtempSync(join(tmpdir(), "upsurge-writers-"));
    try {
      const place = { target: "postgres", database, folder: join(base, "load"), bin: BIN } as const;
      const made = await ready(place, { writers: 2 });
      const [file] = made.workload.files;
      const args = made.command.args.map((word) => (word === file?.name ? "-" : word));
      const command = { ...made.command, args, stdin: file?.stored ?? null };
      expect(await complete(place, { ...made, command })).toEqual([]);
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });

  test.each(firstOf("numbers of writers after two", [1, 3]))("to %d", async (writers) => {
    const base = mkdtempSync(join(tmpdir(), "upsurge-writers-"));
    try {
      const place = { target: "postgres", database, folder: join(base, "load"), bin: BIN } as const;
      for (const nth of [1, 2, 3, 4]) {
        const made = await ready(place, { writers: 2, workload: { bad: 0, records: 192 } });
        await launch(under(made.command, `committed:${nth}:kill`)).ended;
        const args = made.command.args.with(
          made.command.args.indexOf("--writers") + 1,
          String(writers),
        );
        const next = { ...made, command: { ...made.command, args } };
        expect(await complete(place, next), `killed after commit ${nth}`).toEqual([]);
      }
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });
});
