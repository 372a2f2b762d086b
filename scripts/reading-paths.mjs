/**
 * `npm run reading-paths -- [--runs N] [--seed S]`: holds the two reading paths equal on random sources, as
 * `test/laws/reading-paths.test.ts` does, but for as long as one likes. The seed of a run that failed shows the same sources again.
 */
import { parseArgs } from "node:util";
import { ensureInstall } from "./ensure-install.mjs";
import { runTests } from "./steps.mjs";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000000" }, seed: { type: "string" } },
});
const runs = numberOf("runs", values.runs);
const seed = numberOf("seed", values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
console.log(`${runs} sources of each format, --seed ${seed}`);

await ensureInstall();
const env = {
  ...process.env,
  UPSURGE_TEST_READING_PATH_RUNS: String(runs),
  UPSURGE_TEST_SEED: String(seed),
};
const files = ["test/laws/reading-paths.test.ts", "test/laws/going-on.test.ts"];
const { code } = await runTests(files, { env, echo: true });
process.exitCode = code;

function numberOf(flag, text) {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${flag} takes a whole number, not ${text}`);
}
