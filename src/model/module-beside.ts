/** Modules that a thread loads by their address: each stands beside the one that names it, as source and when built. */

/** The address of the module `name` beside the one at `url`. */
export function moduleBeside(url: string, name: string): URL {
  return new URL(`./${name}${url.endsWith(".ts") ? ".ts" : ".js"}`, url);
}
