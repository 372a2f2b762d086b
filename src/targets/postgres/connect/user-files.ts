/** Where libpq looks for the files of a user, and for the sockets of servers. */
import type { Environment } from "../../../model/environment.ts";
import { homedir } from "node:os";
import { join } from "node:path";

/** The folders in which a server's socket usually is. */
export const SOCKET_FOLDERS: readonly string[] = ["/var/run/postgresql", "/tmp"];

/** The folder of a user's certificates, and on Windows of all his files. */
export function certificateFolder(environment: Environment): string {
  const { APPDATA } = environment;
  if (process.platform === "win32" && APPDATA) return join(APPDATA, "postgresql");
  return join(homeFolder(environment), ".postgresql");
}

/** The file of passwords, where none is named. */
export function usualPasswordFile(environment: Environment): string {
  return process.platform === "win32"
    ? join(certificateFolder(environment), "pgpass.conf")
    : join(homeFolder(environment), ".pgpass");
}

/** The file of services, where none is named. */
export function usualServiceFile(environment: Environment): string {
  return process.platform === "win32"
    ? join(certificateFolder(environment), ".pg_service.conf")
    : join(homeFolder(environment), ".pg_service.conf");
}

function homeFolder({ HOME }: Environment): string {
  return HOME || homedir();
}
