/**
 * Counts what the targets ask of a plan: `npm run predicates` prints it, `test/house.test.ts` holds it.
 *
 * A predicate is a function or method in `src/targets` that takes a plan (a parameter of one of `PLANS`, or a `Pick` or `Omit` of
 * one) and returns `boolean` or `… is …`. It is asked wherever its name stands outside of comments, imports and its own
 * declaration. In more than one place it is a decision that belongs into the plan. The strategy, from which the plan decides, is not read at all.
 */
import { pathToFileURL } from "node:url";
import { readHouse } from "./house.ts";

/** A predicate, and where it is asked. */
export interface Predicate {
  readonly name: string;
  readonly declared: string;
  readonly asked: readonly string[];
}

/** A file, as `readHouse` reads it. */
export interface PredicateSource {
  readonly path: string;
  readonly text: string;
}

/** The types of plans, and those that hold one. */
const PLANS = "(?:TablePlan|LoadPlan|LookingPlan|KeyedPlan|RowSql|RemovalTable)";
const TAKES_PLAN = new RegExp(String.raw`:\s*(?:(?:Pick|Omit)<\s*)?${PLANS}\b`);

/** `function name(…): boolean {`, `name = (…): boolean =>`, `#name(…): plan is … {`; parameters hold no parentheses but of types. */
const DECLARED =
  /(?:function\s+|const\s+)?(#?\w+)(?:\s*=\s*(?:async\s+)?)?\(((?:[^()]|\([^()]*\))*)\)\s*:\s*(?:boolean|\w+ is [^{=]+?)\s*(?:\{|=>)/g;

/** What the user asked for, from which the plan decides: read off a plan, or taken out of one. */
const MADE_OF = /\.(?:strategy)\b|[{,]\s*strategy\s*[,}]/;

/** The text without comments and imports, whose names ask nothing. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/^import\b[\s\S]*?;$/gm, "");
}

/** The predicates of these files. */
export function predicatesOf(files: readonly PredicateSource[]): readonly Predicate[] {
  const codes = files.map(({ path, text }) => ({ path, code: codeOf(text) }));
  const declared = codes.flatMap(({ path, code }) =>
    [...code.matchAll(DECLARED)]
      .filter(([, , parameters = ""]) => TAKES_PLAN.test(`: ${parameters}`))
      .map(([, name = ""]) => ({ name, path })),
  );
  return declared.map(({ name, path }) => {
    const word = new RegExp(String.raw`(?<![\w#])${name}\b`, "g");
    // A name that a file keeps to itself, as another may have one like it, is asked in that file only.
    const isExported = codes.some(
      (each) =>
        each.path === path &&
        new RegExp(String.raw`export (?:function|const) ${name}\b`).test(each.code),
    );
    const asked = codes
      .filter((each) => isExported || each.path === path)
      .flatMap((each) => {
        const own = each.path === path ? 1 : 0;
        const places = [...each.code.matchAll(word)].length - own;
        return Array.from({ length: places }, () => each.path);
      });
    return { name, declared: path, asked };
  });
}

/** The files that read for themselves what the plan has decided on. */
export function decidingAgain(files: readonly PredicateSource[]): readonly string[] {
  return files.filter(({ text }) => MADE_OF.test(codeOf(text))).map(({ path }) => path);
}

/** The files of the targets. */
export function targetFiles(): readonly PredicateSource[] {
  return readHouse().filter(({ path }) => path.startsWith("src/targets/"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const found = predicatesOf(targetFiles()).toSorted((a, b) => b.asked.length - a.asked.length);
  for (const { name, declared, asked } of found) {
    process.stdout.write(`${asked.length}  ${name}  ${declared}\n`);
  }
  for (const path of decidingAgain(targetFiles())) process.stdout.write(`decides again  ${path}\n`);
}
