/** The command that installs an optional driver where this very program finds it, on this very Node. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { shellWord } from "../errors/shell-word.ts";

/** A driver that is installed by itself. */
export type OptionalDriver = "better-sqlite3" | "mssql";

/** What the command depends on; a test hands in its own. */
export interface InstallPlace {
  /** The file of the program that runs. */
  readonly program: string;
  readonly cwd: string;
  /** `20.19.0` */
  readonly node: string;
  /** The folder that npm installs into globally by itself. */
  readonly prefix: string;
  /** The version that is installed and does not load; `null`: none is installed. */
  readonly installed: string | null;
}

/** The fix for a driver that is not there, or does not load. */
export function installFix(driver: OptionalDriver): string {
  const program = fileURLToPath(import.meta.url);
  const { node } = process.versions;
  const installed = versionOf(driver);
  const prefix = process.env["npm_config_prefix"] ?? nodePrefix();
  return installCommand(driver, { program, cwd: process.cwd(), node, prefix, installed });
}

/** The command to type. */
export function installCommand(driver: OptionalDriver, place: InstallPlace): string {
  const { node, installed, program, cwd } = place;
  const major = fitting(driver, node);
  const modules = nodeModulesOf(program);
  if (modules !== null && basedOnNpx(modules)) {
    return `npx -p upsurge -p ${driver}@${major} upsurge # and the same words`;
  }
  const where = modules === null ? dirname(nearest(program) ?? program) : dirname(modules);
  const flags =
    modules !== null && isGlobal(where) ? globally(where, place.prefix) : inProject(where, cwd);
  // Its own files are there: what is missing is what its install script would have fetched or built.
  if (installed !== null && Number.parseInt(installed, 10) === major && major === 12)
    return `npm rebuild${flags} ${driver} --ignore-scripts=false`;
  return `npm install${flags} ${driver}@${major}`;
}

/** `better-sqlite3` 13 needs Node 22, and brings its native part along: 12 fetches it by a script that npm 12 does not run. */
function fitting(driver: OptionalDriver, node: string): number {
  return driver === "mssql" || Number.parseInt(node, 10) < 22 ? 12 : 13;
}

/** The `node_modules` that the program was installed into; `null` for a program that runs from its own project. */
function nodeModulesOf(program: string): string | null {
  const part = `${sep}node_modules${sep}`;
  const at = program.lastIndexOf(part);
  return at < 0 ? null : program.slice(0, at + part.length - 1);
}

function basedOnNpx(modules: string): boolean {
  return modules.split(sep).includes("_npx");
}

/** A project has a `package.json`; the folder of global packages has none. */
function isGlobal(folder: string): boolean {
  return !existsSync(join(folder, "package.json"));
}

/** Global packages are below `lib`, on Windows in the folder itself. */
function globally(folder: string, npmsOwn: string): string {
  const prefix = basename(folder) === "lib" ? dirname(folder) : folder;
  return relative(npmsOwn, prefix) === "" ? " -g" : ` -g --prefix ${shellWord(prefix)}`;
}

function nodePrefix(): string {
  return process.platform === "win32"
    ? dirname(process.execPath)
    : dirname(dirname(process.execPath));
}

function nearest(file: string): string | null {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = join(folder, "package.json");
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) return null;
  }
}

/** npm installs into the project of the folder it is called in, so from elsewhere it must be told. */
function inProject(project: string, cwd: string): string {
  const from = resolve(cwd);
  const found = nearest(join(from, "any"));
  if (found !== null && relative(dirname(found), project) === "") return "";
  return ` --prefix ${shellWord(project)}`;
}

function versionOf(driver: OptionalDriver): string | null {
  try {
    const file = createRequire(import.meta.url).resolve(`${driver}/package.json`);
    const { version }: { version?: unknown } = Object(JSON.parse(readFileSync(file, "utf8")));
    return typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}
