/** The manual page: every option is on it, and formatters read it without a complaint. `test/docs.test.ts` holds it to the code. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/help.ts";
import { OPTION_NAMES, spellingsOf } from "../../src/options/flag.ts";

const PAGE = "man/upsurge.1";
const LINES = readFileSync(PAGE, "utf8").split("\n");

/** The flags of an `.It` line, as they are typed. */
function flagsOf(line: string): string[] {
  return [...line.matchAll(/Fl (\S+)/g)].map(([, flag = ""]) => `-${flag.replaceAll("\\-", "-")}`);
}

function hasProgram(name: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
}

test("every spelling of every option is there, and nothing else", () => {
  const items = LINES.filter((line) => line.startsWith(".It Fl")).map((line) =>
    flagsOf(line).join(" "),
  );

  const all = OPTION_NAMES.map((name) => spellingsOf(name).join(" "));

  expect(items.toSorted()).toEqual(all.toSorted());
});

test("every command and every exit code is there", () => {
  const page = LINES.join("\n");

  for (const { name } of COMMANDS) expect(page).toContain(`\n.It Cm \\&${name}\n`);
  for (const code of ["0", "1", "2", "3", "4", "6", "75", "128+n"]) {
    expect(page).toContain(`\n.It ${code}\n`);
  }
});

test("it is plain ASCII, and no line of text is taken for a request", () => {
  const requests = LINES.filter((line) => /^[.']/.test(line));

  expect(LINES.join("")).toMatch(/^[ -~]*$/);
  expect(requests.filter((line) => !/^\.(\\"|[A-Z][a-z]\b)/.test(line))).toEqual([]);
});

describe("formatters", () => {
  test.runIf(hasProgram("mandoc"))("mandoc finds nothing to say", () => {
    const { stdout, status } = spawnSync("mandoc", ["-Tlint", PAGE], { encoding: "utf8" });

    expect([stdout, status]).toEqual(["", 0]);
  });

  test.runIf(hasProgram("groff"))("groff shows the flags as they are typed", () => {
    const args = ["-mandoc", "-Tutf8", "-ww", "-P-cbou", PAGE];
    const { stdout, stderr } = spawnSync("groff", args, { encoding: "utf8" });

    expect(stderr).toBe("");
    expect(stdout).toContain("--delete-missing");
    expect(stdout).toContain('"c = EXPR"');
  });
});
