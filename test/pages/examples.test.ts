/**
 * The examples for systemd, Kubernetes, GitHub, GitLab and compose: what they are made of is what each product knows, their exit
 * codes are those of the registry, and the command in each of them loads into a PostgreSQL.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { TestDatabase } from "../helpers/engines.ts";
import { exampleWith, exitCodes, faultsOf, folderForExamples } from "../helpers/examples.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { COMPOSE, CRON_JOB, GITHUB, GITLAB, JOB } from "./example-shapes.ts";
import type { Compose, CronJob, Github, Gitlab, Job } from "./example-shapes.ts";

const { again: AGAIN, never: NEVER } = exitCodes();
const SYSTEMD = "docs/howto/systemd.md";
const KUBERNETES = "docs/howto/kubernetes.md";
const CI = "docs/howto/ci.md";
const PACKAGE = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };

/** Nobody listens there. */
const NOBODY = "postgres://nobody@127.0.0.1:9/none";

let database: TestDatabase;
beforeAll(async () => {
  database = await openPostgres();
});
beforeEach(async () => {
  await database.reset();
  await database.exec(readFileSync("fixtures/tour/setup.sql", "utf8"));
  await database.exec(readFileSync("fixtures/tour/setup-seeds.sql", "utf8"));
});
afterAll(async () => await database.close());

async function count(table: string): Promise<number> {
  return Number((await database.rows(`select count(*) from ${table}`))[0]?.[0]);
}

/** Runs a command line as a shell does, with `upsurge` on the path. */
function sh(folder: string, command: string, url = database.url): number | null {
  const path = [join(folder, "bin"), process.env["PATH"]].join(":");
  const env = { PATH: path, DATABASE_URL: url };
  return spawnSync("sh", ["-e", "-c", command], { cwd: folder, env }).status;
}

const UNITS = {
  "load-parts.service": exampleWith(SYSTEMD, "SuccessExitStatus=75"),
  "load-parts.timer": exampleWith(SYSTEMD, "[Timer]"),
  "load-failed@.service": exampleWith(SYSTEMD, "logger"),
};
const NIGHTLY = exampleWith(SYSTEMD, "RestartPreventExitStatus");

/** The words of a setting, and of the lines that it goes on in. */
function setting(unit: string, name: string): string {
  return new RegExp(`^${name}=((?:.*\\\\\\n)*.*)$`, "m").exec(unit)?.[1] ?? "";
}

describe("the units of systemd", () => {
  const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
  const skipped = hasSystemd ? "" : " (skipped: no systemd-analyze here)";

  test.skipIf(!hasSystemd)(`are what systemd takes without a warning${skipped}`, () => {
    const folder = folderForExamples();
    const nightly = UNITS["load-parts.service"].replace(/^SuccessExitStatus=.*$/m, "");
    const all = { ...UNITS, "nightly.service": `${nightly}\n${NIGHTLY}` };
    for (const [name, unit] of Object.entries(all)) {
      writeFileSync(join(folder, name), unit.replace("/usr/local", folder));
    }
    const names = Object.keys(all).map((name) => join(folder, name));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...names], {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
    });

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("take the codes after which the timer tries again for no failure", () => {
    expect(setting(UNITS["load-parts.service"], "SuccessExitStatus")).toBe(AGAIN.join(" "));
    expect(setting(NIGHTLY, "RestartPreventExitStatus")).toBe(NEVER.join(" "));
    expect(setting(UNITS["load-parts.service"], "OnFailure")).toBe("load-failed@%n.service");
  });

  test("load the file, and end with the codes that they wait for", async () => {
    const folder = folderForExamples();
    const command = setting(UNITS["load-parts.service"], "ExecStart")
      .replace("/usr/local", folder)
      .replaceAll(/\/(?:srv|var)\//g, (path) => folder + path);

    expect([sh(folder, command), sh(folder, command)]).toEqual([0, 0]);
    expect(await count("parts")).toBe(4);
    expect(existsSync(join(folder, "var/lib/upsurge/parts.html"))).toBe(true);
    expect(AGAIN).toContain(sh(folder, command, NOBODY));
    rmSync(join(folder, "srv/incoming/parts.csv"));
    expect(NEVER).toContain(sh(folder, command));
  });
});

describe("the manifests of Kubernetes", () => {
  const cronJob = parse(exampleWith(KUBERNETES, "kind: CronJob")) as CronJob;
  const job = parse(exampleWith(KUBERNETES, "kind: Job\n")) as Job;
  const specs = [cronJob.spec.jobTemplate.spec, job.spec];

  test("have the fields that Kubernetes knows", () => {
    expect(faultsOf(cronJob, CRON_JOB)).toEqual([]);
    expect(faultsOf(job, JOB)).toEqual([]);
  });

  test.each(specs)("fail at once where another try cannot help", (spec) => {
    const { restartPolicy, containers, volumes } = spec.template.spec;
    const rules = spec.podFailurePolicy.rules;
    const codes = (action: string): number[] =>
      rules.flatMap((rule) => (rule.action === action ? (rule.onExitCodes?.values ?? []) : []));
    const names = containers.map(({ name }) => name);

    expect(restartPolicy).toBe("Never");
    expect(codes("FailJob")).toEqual(NEVER);
    expect(AGAIN).toEqual(expect.arrayContaining(codes("Count")));
    expect(codes("Ignore")).toEqual([]);
    for (const { onExitCodes, onPodConditions } of rules) {
      // A rule has one of the two.
      expect((onExitCodes === undefined) === (onPodConditions === undefined)).toBe(false);
      if (onExitCodes !== undefined) expect(names).toContain(onExitCodes.containerName);
    }
    const mounted = containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
    expect(volumes.map(({ name }) => name)).toEqual(mounted);
  });

  test("load the file of the night", async () => {
    const folder = folderForExamples();
    const [args = []] = specs.map((spec) => spec.template.spec.containers[0]?.args ?? []);
    const env = { DATABASE_URL: database.url };

    expect((await runUpsurge(args, { cwd: folder, env })).exitCode).toBe(0);
    expect(await count("parts")).toBe(4);
    expect(existsSync(join(folder, "parts.html"))).toBe(true);
    const away = await runUpsurge(args, { cwd: folder, env: { DATABASE_URL: NOBODY } });
    expect(AGAIN).toContain(away.exitCode);
  });

  test("load a big file as a job, and write nothing beside it", async () => {
    const folder = folderForExamples();
    await database.exec("create table orders (order_no text primary key)");
    writeFileSync(join(folder, "orders.csv"), "order_no\n1\n2\n");
    const before = readdirSync(folder);
    const args = job.spec.template.spec.containers[0]?.args ?? [];

    const { exitCode } = await runUpsurge(args, {
      cwd: folder,
      env: { DATABASE_URL: database.url },
    });

    expect([exitCode, await count("orders")]).toEqual([0, 2]);
    expect(readdirSync(folder)).toEqual(before);
  });
});

test("the workflow of GitHub loads, and a second load changes nothing", async () => {
  const workflow = parse(exampleWith(CI, "upload-artifact")) as Github;
  expect(faultsOf(workflow, GITHUB)).toEqual([]);
  const { steps, services, env } = workflow.jobs.seeds;
  expect(new URL(env.DATABASE_URL).password).toBe(services.db.env["POSTGRES_PASSWORD"]);
  const folder = folderForExamples();
  await database.reset();
  for (const { run, uses = "", with: inputs } of steps) {
    if (run?.startsWith("psql") === true) {
      await database.exec(readFileSync("fixtures/tour/setup-seeds.sql", "utf8"));
    } else if (run !== undefined) expect(sh(folder, run)).toBe(0);
    if (!uses.startsWith("OWNER/")) continue;
    expect(uses).toBe(`OWNER/upsurge@v${PACKAGE.version}`);
    expect(sh(folder, `upsurge ${inputs?.["args"] ?? ""}`), inputs?.["args"]).toBe(0);
  }

  expect(await count("customers")).toBeGreaterThan(0);
  const kept = steps.find(({ uses }) => uses?.includes("upload-artifact"))?.with?.["path"] ?? "";
  expect(readdirSync(join(folder, kept)).toSorted()).toEqual([
    "again.html",
    "again.xml",
    "load.html",
  ]);
});

test("the pipeline of GitLab warns of drift, tries again what may help, and keeps its results", async () => {
  const pipeline = parse(exampleWith(CI, "allow_failure")) as Gitlab;
  expect(faultsOf(pipeline, GITLAB)).toEqual([]);
  const { script, before_script, allow_failure, retry, artifacts } = pipeline.drift;
  const folder = folderForExamples();
  const [install = "", ...prepare] = before_script;
  expect(install).toBe(`npm install -g tools/upsurge-${PACKAGE.version}.tgz`);
  const command = script.join("\n");

  expect(sh(folder, prepare.join("\n"))).toBe(0);
  expect(sh(folder, "upsurge run seeds")).toBe(0);
  expect(sh(folder, command)).toBe(0);
  await database.exec("delete from customers");
  const drift = sh(folder, command);

  expect(allow_failure.exit_codes).toEqual([drift]);
  expect(retry.exit_codes).toEqual(AGAIN);
  expect(retry.max).toBeLessThanOrEqual(2);
  expect(retry.exit_codes).toContain(sh(folder, command, NOBODY));
  expect(readFileSync(join(folder, artifacts.reports.junit), "utf8")).toContain("<testsuites");
  expect(artifacts.paths.some((path) => artifacts.reports.junit.startsWith(`${path}/`))).toBe(true);
});

test("the services of compose fill the database that they wait for", async () => {
  const compose = parse(exampleWith("docs/howto/compose.md", "services:")) as Compose;
  expect(faultsOf(compose, COMPOSE)).toEqual([]);
  const { db, seeds } = compose.services;
  const url = new URL(seeds.environment.DATABASE_URL);
  const { POSTGRES_PASSWORD, POSTGRES_DB } = db.environment;
  expect([url.hostname, url.password, url.pathname]).toEqual([
    "db",
    POSTGRES_PASSWORD,
    `/${POSTGRES_DB}`,
  ]);
  expect(seeds.depends_on.db.condition).toBe("service_healthy");
  expect(seeds.volumes).toEqual(["./seeds:/data/seeds:ro"]);
  const folder = folderForExamples();
  const env = { DATABASE_URL: database.url };

  expect((await runUpsurge(seeds.command, { cwd: folder, env })).exitCode).toBe(0);
  expect(await count("customers")).toBeGreaterThan(0);
  const check = ["run", "seeds", "--check"];
  expect((await runUpsurge(check, { cwd: folder, env })).exitCode).toBe(0);
});

test.each([KUBERNETES, "docs/howto/compose.md"])("the image of %s holds this version", (page) => {
  const lines = exampleWith(page, "ENTRYPOINT").trimEnd().split("\n");

  expect(lines).toEqual([
    "FROM node:22-slim",
    `COPY upsurge-${PACKAGE.version}.tgz /tmp/`,
    `RUN npm install -g /tmp/upsurge-${PACKAGE.version}.tgz`,
    "USER node",
    "WORKDIR /data",
    'ENTRYPOINT ["upsurge"]',
  ]);
});
