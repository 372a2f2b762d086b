/** Looks a password up as libpq does: lines of host:port:database:user:password, the first that fits. */
import type { Environment } from "../../../model/environment.ts";
import { readFileSync, statSync } from "node:fs";
import { shellWord } from "../../../errors/shell-word.ts";
import { SOCKET_FOLDERS, usualPasswordFile } from "./user-files.ts";

/** What a line is looked for by. */
export interface Login {
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly user: string;
  readonly dbname: string;
  readonly passfile: string | undefined;
}

/** A password, or why the file was not used, as a clause. */
export interface FoundPassword {
  readonly password: string | null;
  readonly why: string | null;
}

/** The file's password for `login`; one that others may read is not used. */
export function passwordFromFile(login: Login, environment: Environment): FoundPassword {
  const path = login.passfile || usualPasswordFile(environment);
  const text = readPrivate(path);
  if (typeof text !== "string") return { password: null, why: text?.why ?? null };
  const host = login.host === undefined || isUsualSocket(login.host) ? "localhost" : login.host;
  const wanted = [host, login.port || "5432", login.dbname, login.user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    const fields = fieldsOf(line);
    const fits = wanted.every(
      (each, index) => fields[index] === "*" || plain(fields[index]) === each,
    );
    if (fits && fields[4] !== undefined) return { password: plain(fields[4]) ?? "", why: null };
  }
  return { password: null, why: null };
}

/** The folders of sockets that a server's own line of `localhost` covers. */
function isUsualSocket(host: string): boolean {
  return host === "" || SOCKET_FOLDERS.includes(host);
}

/** Separated by colons that no backslash comes before; the last goes on to the end of the line. */
function fieldsOf(line: string): string[] {
  const fields =
    /^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*)/s;
  return fields.exec(line)?.slice(1) ?? [];
}

function plain(field: string | undefined): string | undefined {
  return field?.replace(/\\(.)/gs, "$1");
}

function readPrivate(path: string): string | { readonly why: string } | null {
  try {
    const status = statSync(path);
    if (!status.isFile()) return { why: `${path} is not a plain file, and was not used` };
    if (process.platform !== "win32" && (status.mode & 0o077) !== 0) {
      return { why: `others may read ${path}, so it was not used: chmod 600 ${shellWord(path)}` };
    }
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
