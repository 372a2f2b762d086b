/** Running commands one after another: what the other scripts share. Plain Node, so that it works before an install. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command in the project; resolves to its exit code and all it printed, in order. */
export function run(command, args, { cwd = ROOT, env = process.env, echo = false } = {}) {
  return new Promise((resolve, reject) => {
    // Windows starts command files through a shell only.
    const shell = command.endsWith(".cmd");
    const child = spawn(command, args, { cwd, env, shell, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (chunk) => {
      output += chunk;
      if (echo) process.stdout.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code: code ?? 1, signal, output }));
  });
}

/** Runs a tool of node_modules by its name in `.bin`. */
export function runTool(name, args, options) {
  const suffix = process.platform === "win32" ? ".cmd" : "";
  return run(`${ROOT}/node_modules/.bin/${name}${suffix}`, args, options);
}

/**
 * Runs tests; resolves to their exit code, all they printed, and vitest's own count of them (`null` when there is none). The
 * tests' PostgreSQL ends the process in its own way, and may turn the exit code of a failure into 0: so vitest is asked.
 */
export async function runTests(args, { reporter = "default", ...options } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "upsurge-test-"));
  const file = join(folder, "results.json");
  const reporters = [`--reporter=${reporter}`, "--reporter=json", `--outputFile.json=${file}`];
  const { code, signal, output } = await runTool("vitest", ["run", ...args, ...reporters], options);
  const results = resultsIn(file);
  rmSync(folder, { recursive: true, force: true });
  return { code: code === 0 && results?.success !== true ? 1 : code, signal, output, results };
}

function resultsIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
