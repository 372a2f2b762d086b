/**
 * `npm run torture -- [--kills N] [--seed S] [--target postgres|sqlite] [--drill]`: kills loads at random moments, as
 * `test/faults/torture-*.test.ts` do, but for as long as one likes. The seed of a load that went wrong shows it again.
 * `--drill` plants the bugs of the drill instead, and tells which of them the checks have found.
 */
import { parseArgs } from "node:util";
import { ensureInstall } from "./ensure-install.mjs";
import { runTests, runTool } from "./steps.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string" },
    target: { type: "string", default: "" },
    drill: { type: "boolean", default: false },
  },
});
if (!["", "postgres", "sqlite"].includes(values.target)) {
  throw new Error(`--target is postgres or sqlite, not ${values.target}`);
}
const kills = numberOf("kills", values.kills);
const seed = numberOf("seed", values.seed ?? String(Math.floor(Math.random() * 2 ** 30)));

await ensureInstall();
const built = await runTool("tsc", ["-p", "tsconfig.build.json"], { echo: true });
process.exitCode = built.code === 0 ? await (values.drill ? drill() : torture()) : built.code;

async function torture() {
  console.log(`${kills} kills of each target, --seed ${seed}`);
  const env = {
    ...process.env,
    UPSURGE_TEST_TORTURE_KILLS: String(kills),
    UPSURGE_TEST_TORTURE_SEED: String(seed),
    UPSURGE_TEST_TORTURE_TARGET: values.target,
  };
  return await vitest(
    ["test/faults/torture-postgres.test.ts", "test/faults/torture-sqlite.test.ts"],
    env,
  );
}

async function drill() {
  return await vitest(["test/faults/drill-", "--reporter=verbose"], process.env);
}

async function vitest(files, env) {
  const { code } = await runTests(files, { env, echo: true });
  return code;
}

function numberOf(flag, text) {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${flag} takes a whole number, not ${text}`);
}
