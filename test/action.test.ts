/** The GitHub Action: its step runs the program with the words of `args`, and hands on the report, the status and the exit code. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { tempDir } from "./helpers/temp-dir.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ACTION = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly { readonly env: object; readonly run: string }[] };
};

/** In the place of the registry: what `npm install --prefix FOLDER` would put there is the program of this build. */
const NPM = `#!/usr/bin/env bash
echo "$@" > "$RUNNER_TEMP/installed"
mkdir -p "$3/node_modules/.bin"
ln -s "$PROGRAM" "$3/node_modules/.bin/upsurge"
`;

interface Step {
  readonly code: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly log: string;
  readonly installed: string;
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Runs the step of the action as a runner would. */
function step(folder: string, inputs: Readonly<Record<string, string>>): Step {
  const temp = join(folder, "temp");
  mkdirSync(join(temp, "bin"), { recursive: true });
  writeFileSync(join(temp, "bin/npm"), NPM);
  chmodSync(join(temp, "bin/npm"), 0o755);
  const env = {
    PATH: `${join(temp, "bin")}:${process.env["PATH"] ?? ""}`,
    PROGRAM: join(ROOT, "dist/upsurge.js"),
    RUNNER_TEMP: temp,
    GITHUB_ACTIONS: "true",
    GITHUB_OUTPUT: join(temp, "output"),
    GITHUB_STEP_SUMMARY: join(temp, "summary"),
    ACTION_FOLDER: ROOT,
    ARGS: inputs["args"] ?? "",
    TO: inputs["to"] ?? "",
    VERSION: inputs["version"] ?? "",
    PACKAGES: inputs["packages"] ?? "",
  };
  writeFileSync(env.GITHUB_OUTPUT, "");
  const [only] = ACTION.runs.steps;
  const ran = spawnSync("bash", ["-e", "-c", only?.run ?? ""], { cwd: folder, env });
  return {
    code: ran.status,
    outputs: Object.fromEntries(
      read(env.GITHUB_OUTPUT)
        .trim()
        .split("\n")
        .map((line) => [line.split("=")[0] ?? "", line.split("=")[1] ?? ""]),
    ),
    summary: read(env.GITHUB_STEP_SUMMARY),
    log: ran.stdout.toString() + ran.stderr.toString(),
    installed: read(join(temp, "installed")).trim(),
  };
}

function shop(): string {
  const folder = tempDir();
  mkdirSync(join(folder, "my seeds"));
  writeFileSync(join(folder, "my seeds/t.csv"), "id,n\n1,1\n2,2\n");
  new Sqlite(join(folder, "shop.db"))
    .exec("create table t (id integer primary key, n int)")
    .close();
  return folder;
}

test("the step hands its inputs to the script, and its outputs on", () => {
  const [only] = ACTION.runs.steps;
  expect(only?.env).toEqual({
    ARGS: "${{ inputs.args }}",
    TO: "${{ inputs.to }}",
    VERSION: "${{ inputs.version }}",
    PACKAGES: "${{ inputs.packages }}",
    ACTION_FOLDER: "${{ github.action_path }}",
  });
  expect(Object.keys(ACTION.outputs)).toEqual(["status", "exit", "report"]);
});

test("loads, with a summary, and tells of drift", () => {
  const folder = shop();
  const args = 'run "my seeds"';
  const loaded = step(folder, { args, to: "shop.db" });
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };

  expect([loaded.code, loaded.outputs["status"]], loaded.log).toEqual([0, "ok"]);
  expect(loaded.installed).toMatch(new RegExp(`upsurge@${version}$`));
  expect(loaded.summary).toContain("### upsurge: run of 1 table: ok");
  const report = JSON.parse(readFileSync(loaded.outputs["report"] ?? "", "utf8")) as object;
  expect(report).toMatchObject({ counts: { inserted: 2 } });

  writeFileSync(join(folder, "my seeds/t.csv"), "id,n\n1,1\n2,5\n");
  const drift = step(folder, { args: `${args} --check`, to: "shop.db" });
  expect(drift.outputs, drift.log).toMatchObject({ status: "changes", exit: "3" });
  expect(drift.code).toBe(3);
});

test("no word of args is expanded, and an error is an annotation", () => {
  const folder = shop();
  const { code, outputs, log } = step(folder, {
    args: "t.csv --table '$(touch x)' --key id",
    to: "shop.db",
    version: "9.9.9",
    packages: "mssql better-sqlite3",
  });

  expect([code, outputs["status"], outputs["exit"]], log).toEqual([6, "failed", "6"]);
  expect(existsSync(join(folder, "x"))).toBe(false);
  expect(log).toMatch(/^::error::no file t\.csv/m);
});

test("the examples of the page for CI do what it says", () => {
  const page = readFileSync(join(ROOT, "docs/howto/ci.md"), "utf8");
  const examples = [...page.matchAll(/^ +args: (.+)$/gm)].map(([, args = ""]) => args);
  expect(examples.length).toBeGreaterThan(2);
  const folder = tempDir();
  cpSync(join(ROOT, "fixtures/tour"), folder, { recursive: true });
  const database = new Sqlite(join(folder, "shop.db"));
  database.exec(readFileSync(join(folder, "setup-seeds.sql"), "utf8"));
  database.close();
  mkdirSync(join(folder, "reports"));
  // The first loads; what comes after finds nothing to do.
  for (const args of examples) {
    const { outputs, log } = step(folder, { args, to: "shop.db" });
    expect(outputs, `${args}\n${log}`).toMatchObject({ status: "ok", exit: "0" });
    expect(outputs["report"]).toMatch(/report\.json$/);
  }
  expect(readdirSync(join(folder, "reports")).toSorted()).toEqual([
    "again.html",
    "again.xml",
    "load.html",
  ]);
});

test("a plan has no report", () => {
  const { code, outputs, log } = step(shop(), { args: "plan 'my seeds'", to: "shop.db" });
  expect([code, outputs["status"]], log).toEqual([0, "ok"]);
  expect(log).toContain("order:");
});
