/** Running commands one after another: what the other scripts share. Plain Node, so that it works before an install. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command in the project; resolves to its exit code and all it printed, in order. */
export function run(command, args, { cwd = ROOT, env = process.env, echo = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
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
