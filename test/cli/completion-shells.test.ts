/**
 * Completion in real shells, on a terminal: keys are typed, and the program shows which words the shell has made of them. A
 * shell that is not installed is passed over, and said. What the shells are answered: completion.test.ts.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { BIN } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

function isInstalled(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** `script` gives a program a terminal; those of other systems take other words. */
const HAS_TERMINAL = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

/** A folder with a database, a config, files, and an `upsurge` that shows its words where it does not complete any. */
function workplace(): string {
  const folder = tempDir();
  const database = new Database(join(folder, "shop.db"));
  database.exec('create table "order lines" (id integer primary key, "Order No" text unique)');
  database.close();
  writeFileSync(join(folder, "orders.csv"), "Order No,id\nx,1\n");
  writeFileSync(join(folder, "upsurge.config.yaml"), "connections: { dev: shop.db }\n");
  mkdirSync(join(folder, "bin"));
  const program = `#!/bin/sh
case $1 in
  __complete|completion) exec "${process.execPath}" "${BIN}" "$@" ;;
esac
printf 'typed'
for word in "$@"; do printf ' <%s>' "$word"; done
printf '.\\n'
`;
  writeFileSync(join(folder, "bin/upsurge"), program);
  chmodSync(join(folder, "bin/upsurge"), 0o755);
  return folder;
}

function environmentOf(folder: string): NodeJS.ProcessEnv {
  const { PATH = "" } = process.env;
  const paths = [join(folder, "bin"), PATH].join(":");
  return {
    PATH: paths,
    HOME: folder,
    TERM: "dumb",
    PS1: "> ",
    LANG: "C.UTF-8",
    HISTFILE: "/dev/null",
  };
}

interface Terminal {
  /** Types a line, with tabs, and gives the words of the program. */
  readonly type: (line: string) => Promise<string>;
  readonly leave: () => Promise<void>;
}

/** A shell at a terminal, once `setUp` has run in it. */
async function terminal(shell: string, setUp: string): Promise<Terminal> {
  const folder = workplace();
  const child = spawn("script", ["-qec", shell, "/dev/null"], {
    cwd: folder,
    env: environmentOf(folder),
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let seen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    seen += text;
  });
  child.stdin.write(`${setUp}; echo ready-$((1 + 1))\r`);
  await until("a shell that is ready", () => seen.includes("ready-2"));
  const type = async (line: string): Promise<string> => {
    seen = "";
    child.stdin.write(`${line}\r`);
    const shown = await until(`the words of ${line}`, () => /typed(?: <.*)?\.\r?\n/.exec(seen));
    return shown?.[0].trim() ?? "";
  };
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
  });
  const leave = async (): Promise<void> => {
    child.stdin.write("exit\r");
    await ended;
  };
  return { type, leave };
}

const LINES = [
  ["upsurge rep\t", "typed <report>."],
  ["upsurge ord\t", "typed <orders.csv>."],
  [
    "upsurge orders.csv --to @d\t--tab\tord\t",
    "typed <orders.csv> <--to> <@dev> <--table> <order lines>.",
  ],
  ["upsurge orders.csv --to=@d\t", "typed <orders.csv> <--to=@dev>."],
  [
    'upsurge orders.csv --to shop.db --table "ord\t',
    "typed <orders.csv> <--to> <shop.db> <--table> <order lines>.",
  ],
  [
    "upsurge orders.csv --to shop.db -t 'order lines' -k Or\t",
    "typed <orders.csv> <--to> <shop.db> <-t> <order lines> <-k> <Order No>.",
  ],
  ["upsurge orders.csv --report=ord\t", "typed <orders.csv> <--report=orders.csv>."],
  ["upsurge orders.csv --mode ig\t", "typed <orders.csv> <--mode> <ignore>."],
] as const;

const SHELLS = [
  ["bash", "bash --norc --noprofile -i", "source <(upsurge completion bash)"],
  ["zsh", "zsh -f -i", "autoload -Uz compinit; compinit -u -D; source <(upsurge completion zsh)"],
] as const;

describe.each(SHELLS)("%s", (shell, command, setUp) => {
  const isThere = HAS_TERMINAL && isInstalled(shell);

  test.skipIf(!isThere)("completes at a terminal (where it is installed)", async () => {
    const { type, leave } = await terminal(command, setUp);

    // On a machine with much to do, a look may take too long and give nothing.
    for (const [line, words] of LINES)
      await until(
        words,
        () => type(line),
        (seen) => seen === words,
      );
    await leave();
  });
});

/** fish completes without a terminal, and prints what it would offer. */
describe("fish", () => {
  test.skipIf(!isInstalled("fish"))("completes (where it is installed)", async () => {
    const cwd = workplace();
    const complete = (line: string): string[] => {
      const script = `upsurge completion fish | source; complete -C '${line.replaceAll("'", "\\'")}'`;
      const args = ["--no-config", "-c", script];
      const { stdout } = spawnSync("fish", args, {
        cwd,
        env: environmentOf(cwd),
        encoding: "utf8",
      });
      return stdout.split("\n").flatMap((each) => (each === "" ? [] : [each.split("\t")[0] ?? ""]));
    };

    // On a machine with much to do, a look may take too long and give nothing.
    const completed = (line: string): Promise<string[]> =>
      until(
        line,
        () => complete(line),
        (seen) => seen.length > 0,
      );
    expect(complete("upsurge rep")).toEqual(["report"]);
    expect(complete("upsurge ord")).toEqual(["orders.csv"]);
    expect(await completed("upsurge orders.csv --to @d")).toEqual(["@dev"]);
    expect(await completed("upsurge orders.csv --to=@d")).toEqual(["--to=@dev"]);
    expect(await completed("upsurge orders.csv --to shop.db --table ord")).toEqual(["order lines"]);
    expect(await completed("upsurge orders.csv --to shop.db -t 'order lines' -k Or")).toEqual([
      "Order No",
    ]);
    expect(complete("upsurge orders.csv --report=ord")).toEqual(["--report=orders.csv"]);
  });
});

/** Where PowerShell is not installed, its script is held by what it is answered: completion.test.ts. */
describe("PowerShell", () => {
  test.skipIf(!isInstalled("pwsh"))("completes (where it is installed)", () => {
    const cwd = workplace();
    const complete = (line: string): string[] => {
      const quoted = line.replaceAll("'", "''");
      const script = `upsurge completion powershell | Out-String | Invoke-Expression; [System.Management.Automation.CommandCompletion]::CompleteInput('${quoted}', ${line.length}, $null).CompletionMatches.CompletionText`;
      const args = ["-NoProfile", "-NonInteractive", "-Command", script];
      const { stdout } = spawnSync("pwsh", args, {
        cwd,
        env: environmentOf(cwd),
        encoding: "utf8",
      });
      return stdout.split(/\r?\n/).filter((each) => each !== "");
    };

    expect(complete("upsurge rep")).toContain("report");
    expect(complete("upsurge orders.csv --to ")).toContain("'@dev'");
    expect(complete("upsurge orders.csv --to shop.db --table ord")).toEqual(["'order lines'"]);
    expect(complete("upsurge orders.csv --mode ig")).toEqual(["ignore"]);
  });
});
