/**
 * What `sslmode` and the parameters next to it mean for TLS: the ways to try in turn. They mean what libpq says they mean, but
 * without a mode it is verify-full for any host but this machine.
 */
import type { Environment } from "../../../model/environment.ts";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { ConnectionOptions, SecureVersion } from "node:tls";
import { shellWord } from "../../../errors/shell-word.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { badText } from "./connection-text.ts";
import { TLS_VERSIONS } from "./libpq-parameters.ts";
import type { PostgresSettings } from "./parameter.ts";
import { certificateFolder } from "./user-files.ts";

/** One way to encrypt, or not to. */
export type TlsChoice = ConnectionOptions | false;

/** Whom to connect to. */
export interface Peer {
  /** The name that was given, which the certificate must be made out for. */
  readonly host: string;
  /** The address, where it was given as well. */
  readonly address: string | undefined;
}

/** The ways for `peer`; more than one only where `sslmode` allows falling back. */
export function tlsChoices(
  settings: PostgresSettings,
  peer: Peer,
  environment: Environment,
): TlsChoice[] {
  if (peer.host.startsWith("/")) return overSocket(settings);
  const mode = settings["sslmode"] ?? usualMode(settings, peer);
  refuseWeak(settings, mode);
  if (mode === "disable") return [false];
  const { trust, isGiven } = certificates(settings, environment);
  // An address has no server name to send, but it is still what the certificate must be made out for.
  const identity = isIP(peer.host) === 0 ? { servername: peer.host } : { host: peer.host };
  const verified = { ...trust, rejectUnauthorized: true, ...identity };
  // The chain is verified, the host name is not.
  const chain = { ...verified, checkServerIdentity: () => undefined };
  const encrypted = isGiven ? chain : { ...trust, rejectUnauthorized: false };
  switch (mode) {
    case "allow":
      return [false, encrypted];
    case "prefer":
      return [encrypted, false];
    case "require":
      return [encrypted];
    case "verify-ca":
      return [chain];
    default:
      return [verified];
  }
}

/** Sockets are never encrypted, whatever the mode; only channel binding insists. */
function overSocket(settings: PostgresSettings): TlsChoice[] {
  const { sslmode, sslrootcert, channel_binding: binding } = settings;
  refuseWeak(
    { ...settings, channel_binding: undefined },
    sslmode ?? (sslrootcert === "system" ? "verify-full" : "prefer"),
  );
  if (binding !== "require") return [false];
  throw upsurgeError("TARGET_PARAMETER", {
    name: "channel_binding",
    reason: "channel_binding=require needs TLS, and a Unix socket has none",
    suggestion: "connect over TCP, or leave channel_binding=require out",
  });
}

function usualMode(
  { sslrootcert, channel_binding: binding }: PostgresSettings,
  peer: Peer,
): string {
  if (sslrootcert === "system" || !isThisMachine(peer.address ?? peer.host)) return "verify-full";
  return binding === "require" ? "require" : "disable";
}

/** True for a host that is this machine. */
export function isThisMachine(host: string): boolean {
  return host.startsWith("/") || ["localhost", "127.0.0.1", "::1"].includes(host);
}

/** Words that ask for more than the mode they come with gives. */
function refuseWeak(
  { sslrootcert, sslnegotiation, channel_binding: binding }: PostgresSettings,
  mode: string,
): void {
  const weak = (what: string, instead: string): Error =>
    upsurgeError("TARGET_PARAMETER", {
      name: "sslmode",
      reason: `sslmode=${mode} is too weak for ${what}`,
      suggestion: `write sslmode=${instead}, or leave ${what} out`,
    });
  if (sslrootcert === "system" && mode !== "verify-full") {
    throw weak("sslrootcert=system", "verify-full");
  }
  if (sslnegotiation === "direct" && ["disable", "allow", "prefer"].includes(mode)) {
    throw weak("sslnegotiation=direct", "require, verify-ca or verify-full");
  }
  if (binding === "require" && mode === "disable") throw weak("channel_binding=require", "require");
}

interface Certificates {
  readonly trust: ConnectionOptions;
  /** Somebody said whom to trust, so that no mode takes another. */
  readonly isGiven: boolean;
}

function certificates(settings: PostgresSettings, environment: Environment): Certificates {
  const folder = certificateFolder(environment);
  const { sslrootcert, sslpassword, sslcertmode } = settings;
  const root = rootCertificate(settings, environment) ?? "system";
  const cert = given(settings["sslcert"]) ?? ifThere(folder, "postgresql.crt");
  const key = given(settings["sslkey"]) ?? ifThere(folder, "postgresql.key");
  const own =
    cert === undefined || sslcertmode === "disable"
      ? {}
      : {
          cert: readPem("sslcert", cert),
          ...(key === undefined ? {} : { key: readPem("sslkey", key) }),
          ...(sslpassword === undefined ? {} : { passphrase: sslpassword }),
        };
  const trust = {
    ...(root === "system" ? {} : { ca: readPem("sslrootcert", root) }),
    ...revoked(settings, folder),
    ...versions(settings),
    ...own,
  };
  return { trust, isGiven: root !== "system" || sslrootcert === "system" };
}

/** The file of the trusted CAs; `null`: those of the system. */
export function rootCertificate(
  settings: PostgresSettings,
  environment: Environment,
): string | null {
  const root =
    given(settings["sslrootcert"]) ?? ifThere(certificateFolder(environment), "root.crt");
  return root === undefined || root === "system" ? null : root;
}

/** The lists of revoked certificates. */
function revoked({ sslcrl, sslcrldir }: PostgresSettings, folder: string): ConnectionOptions {
  const files = hashedFiles(given(sslcrldir));
  const file =
    given(sslcrl) ?? (given(sslcrldir) === undefined ? ifThere(folder, "root.crl") : undefined);
  const lists = [...files, ...(file === undefined ? [] : [file])];
  return lists.length === 0 ? {} : { crl: lists.map((path) => readPem("sslcrl", path)) };
}

function hashedFiles(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  try {
    const files = readdirSync(folder).filter((name) => /^[0-9a-f]{8}\.r\d+$/.test(name));
    if (files.length > 0) return files.map((name) => join(folder, name));
  } catch (cause) {
    throw unreadable("sslcrldir", folder, cause);
  }
  throw badText(
    `sslcrldir=${folder} holds no list that is named by its hash`,
    `openssl rehash ${shellWord(folder)}`,
  );
}

function versionOf(text: string | undefined): SecureVersion | undefined {
  return TLS_VERSIONS.find((each) => each === text);
}

function versions(settings: PostgresSettings): ConnectionOptions {
  const least = versionOf(settings["ssl_min_protocol_version"]) ?? "TLSv1.2";
  const most = versionOf(settings["ssl_max_protocol_version"]);
  if (most !== undefined && least > most) {
    throw badText(
      `ssl_min_protocol_version is ${least} and ssl_max_protocol_version ${most}: no version is left`,
      `write ssl_min_protocol_version=${most}, or leave ssl_max_protocol_version out`,
    );
  }
  return { minVersion: least, ...(most === undefined ? {} : { maxVersion: most }) };
}

function given(path: string | undefined): string | undefined {
  return path === "" ? undefined : path;
}

function ifThere(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}

function readPem(keyword: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw unreadable(keyword, path, cause);
  }
}

function unreadable(keyword: string, path: string, cause: unknown): Error {
  const reason = `${keyword}=${path} cannot be read`;
  const fix = `name a file that this user can read, or leave ${keyword} out`;
  return upsurgeError("TARGET_URL", { url: "postgres://…", reason }, { cause, fix });
}
