/**
 * What can befall a load, one scenario each, and the check of what is left: the drill plants bugs and runs these, to see
 * that the checks find them. A scenario answers with the violations; a sound program has none.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { untilLockTries } from "../../helpers/lock-waits.ts";
import { check } from "./check.ts";
import { expectedOf } from "./expected.ts";
import { launch } from "./launch.ts";
import { HEADER } from "./records.ts";
import { complete, heldAt, hindered, ready, under } from "./scenario.ts";
import type { Scenario, ScenarioLoad } from "./scenario.ts";

/** A fault at each of these moments, in a load of its own: `point:n:action`. */
export function faults(moments: readonly string[], load: ScenarioLoad = {}): Scenario {
  return async (place) => {
    for (const moment of moments) {
      const made = await ready(place, load);
      await launch(under(made.command, moment)).ended;
      const wrong = await complete(place, made);
      if (wrong.length > 0) return wrong;
    }
    return [];
  };
}

/** Nothing befalls the load; and it is run once more. */
export function undisturbed(load: ScenarioLoad = {}): Scenario {
  return async (place) => {
    const made = await ready(place, load);
    const wrong = await complete(place, made);
    return wrong.length > 0 ? wrong : await complete(place, made);
  };
}

/** An error that nobody knows stops a load: it is not tried again. */
export const unknownError: Scenario = async (place) => {
  const made = await ready(place);
  const { exit } = await launch(under(made.command, "apply:3:throw")).ended;
  const wrong = exit === 1 ? [] : [`exit: ${exit} after an unknown error instead of 1`];
  return [...wrong, ...(await complete(place, made))];
};

/** The beginning of a file is another when the load goes on. */
export const edited: Scenario = async (place) => {
  const made = await ready(place);
  await launch(under(made.command, "committed:2:kill")).ended;
  const [file] = made.workload.files;
  if (file === undefined) throw new Error("there is no source");
  // The first record adds another number.
  const changed = Buffer.from(file.content);
  const at = changed.indexOf(",", HEADER.length) + 1;
  changed[at] = changed[at] === 0x31 ? 0x32 : 0x31;
  writeFileSync(join(place.folder, file.name), changed);
  const { exit } = await launch(made.command).ended;
  return exit === 4 ? [] : [`exit: ${exit} when the source was changed instead of 4`];
};

/** A file has grown since its job was done. */
export const grown: Scenario = async (place) => {
  const { workload, command } = await ready(place, { workload: { bad: 0 } });
  await launch(command).ended;
  const [file] = workload.files;
  if (file === undefined) throw new Error("there is no source");
  const good = { k: 3, n: 5, hist: "1.97", q: 4, note: "late" };
  const raw = Buffer.from("3,5,1.97,4,late\n");
  const before = file.content.at(-1) === 10 ? "" : "\n";
  appendFileSync(join(place.folder, file.name), `${before}${raw.toString()}`);
  const content = Buffer.concat([file.content, Buffer.from(before), raw]);
  const records = [...file.records, { raw, good, unreadable: false }];
  const expected = expectedOf({ ...workload, files: [{ ...file, records, content }] });
  const more = { ...command, args: [...command.args, "--follow-append"] };
  return await complete(place, { workload, expected, command: more });
};

/** A signal comes in the middle. */
export const interrupted: Scenario = async (place) => {
  const made = await ready(place);
  const { exit } = await heldAt(
    place,
    made.command,
    "applied:3",
    async (child) => void child.kill("SIGTERM"),
  );
  const wrong = exit === 143 ? [] : [`exit: ${exit} after SIGTERM instead of 143`];
  return [...wrong, ...(await complete(place, made))];
};

/** Something never answers. */
export const hung: Scenario = async (place) => {
  const { command } = await ready(place);
  const { exit } = await launch(hindered(command, "hang")).ended;
  return exit === 0 || exit === 3 ? [`exit: ${exit} of a run that hung`] : [];
};

/** Rejects are on the disk before the commit that counts them. */
export const durable: Scenario = async (place) => {
  const made = await ready(place);
  const { stderr } = await launch(hindered(made.command, "watch-sync")).ended;
  const wrong = stderr.includes("COMMIT BEFORE") ? ["durable: a commit came before the fsync"] : [];
  return [...wrong, ...(await complete(place, made))];
};

/** Somebody else holds a row for a while: a fault that passes, and no row's. */
export const rowLocked: Scenario = async (place) => {
  const made = await ready(place);
  // The rows alone: a table that is held is waited for before the first of them.
  await place.database.exec("begin; select k from t for update");
  const patient = { ...made.command, args: [...made.command.args, "--lock-timeout", "100ms"] };
  const { ended } = launch(patient);
  const run = { isOver: false };
  void ended.then(() => (run.isOver = true));
  // Until it has given up waiting, and tries again.
  await untilLockTries(place.database, 2, () => run.isOver);
  await place.database.exec("commit");
  return await check(place, made.expected, await ended);
};
