/**
 * Logins of Entra ID, by the words of ADO.NET, JDBC and the driver. The driver gets the token by `@azure/identity`, which it brings
 * along and which reads the AZURE_… variables by itself. Messages name words that are known, never what was given.
 */
import type { config as Config } from "mssql";
import { nearest } from "../../../errors/edit-distance.ts";
import type { Environment } from "../../../model/environment.ts";
import { badUrl, spelling } from "./connection-text.ts";

/** Who vouches for the login: the server itself, or Entra ID in one of its ways. */
export type LoginKind = "sql" | "default" | "service-principal" | "password" | "managed-identity";

/** The kinds, by the names that are suggested; then by all others that mean the same. */
const KINDS: Readonly<Record<string, LoginKind>> = {
  SqlPassword: "sql",
  ActiveDirectoryDefault: "default",
  ActiveDirectoryServicePrincipal: "service-principal",
  ActiveDirectoryPassword: "password",
  ActiveDirectoryManagedIdentity: "managed-identity",
  ActiveDirectoryMSI: "managed-identity",
};
const OTHER_NAMES: Readonly<Record<string, LoginKind>> = {
  NotSpecified: "sql",
  "azure-active-directory-default": "default",
  "azure-active-directory-service-principal-secret": "service-principal",
  "azure-active-directory-password": "password",
  "azure-active-directory-msi-vm": "managed-identity",
  "azure-active-directory-msi-app-service": "managed-identity",
};

const BY_SPELLING: ReadonlyMap<string, LoginKind> = new Map(
  Object.entries({ ...KINDS, ...OTHER_NAMES }).map(([name, kind]) => [spelling(name), kind]),
);

/** Ways of others, and what takes their place here. */
const INSTEAD: Readonly<Record<string, string>> = {
  activedirectoryinteractive: "nobody is asked during a load: log in with `az login`",
  activedirectorydevicecodeflow: "nobody is asked during a load: log in with `az login`",
  activedirectoryintegrated: "Windows logins are not supported: log in with `az login`",
  activedirectoryworkloadidentity: "a workload identity is found by itself",
  activedirectoryserviceprincipalcertificate:
    "name the certificate in AZURE_CLIENT_CERTIFICATE_PATH",
};

/** The kind of login that `authentication` asks for. Throws `TARGET_URL`. */
export function loginKind(value: string | undefined): LoginKind {
  if (value === undefined) return "sql";
  const given = spelling(value);
  const kind = BY_SPELLING.get(given);
  if (kind !== undefined) return kind;
  if (Object.hasOwn(INSTEAD, given)) {
    const instead = `${INSTEAD[given] ?? ""}, and pass authentication=ActiveDirectoryDefault`;
    throw badUrl(`authentication asks for a login that is not supported; ${instead}`);
  }
  const names = Object.keys(KINDS);
  const near = nearest(given, names);
  throw badUrl(
    `authentication is one of ${names.join(", ")}${near === null ? "" : `; did you mean ${near}?`}`,
  );
}

/** What a login of Entra ID is made of. */
export interface EntraLogin {
  readonly kind: Exclude<LoginKind, "sql">;
  readonly user: string | null;
  readonly password: string | null;
}

/** What is missing for a login, and what brings it. */
export interface MissingLogin {
  readonly missing: string;
  readonly fix: string;
}

type DriverLogin = NonNullable<Config["authentication"]>;

/** The driver's login, or what is missing for it. */
export function entraLogin(
  login: EntraLogin,
  environment: Environment,
): DriverLogin | MissingLogin {
  const { kind, user } = login;
  if (kind === "password") return passwordLogin(login, environment);
  if (kind === "service-principal") return principalLogin(login, environment);
  // A managed identity that was assigned has a client id; that of the machine has none.
  const options = user === null ? {} : { clientId: user };
  return kind === "default"
    ? { type: "azure-active-directory-default", options }
    : { type: "azure-active-directory-msi-vm", options };
}

function passwordLogin(
  { user, password }: EntraLogin,
  environment: Environment,
): DriverLogin | MissingLogin {
  const clientId = environment["AZURE_CLIENT_ID"] ?? "";
  if (user === null || password === null || clientId === "") return PASSWORD_TAKES;
  const tenantId = environment["AZURE_TENANT_ID"] || "common";
  const options = { userName: user, password, clientId, tenantId };
  return { type: "azure-active-directory-password", options };
}

/** The tenant may stand behind the application, as Go's driver has it. */
function principalLogin(
  { user, password }: EntraLogin,
  environment: Environment,
): DriverLogin | MissingLogin {
  const [clientId = "", tenantId = environment["AZURE_TENANT_ID"] ?? ""] = (user ?? "").split("@");
  if (clientId === "" || password === null || tenantId === "") return PRINCIPAL_TAKES;
  const options = { clientId, clientSecret: password, tenantId };
  return { type: "azure-active-directory-service-principal-secret", options };
}

const PASSWORD_TAKES: MissingLogin = {
  missing: "ActiveDirectoryPassword takes a user, its password, and the id of an application",
  fix: "name the user in the URL or MSSQL_USER, its password in MSSQL_PASSWORD, and the application in AZURE_CLIENT_ID",
};

const PRINCIPAL_TAKES: MissingLogin = {
  missing:
    "ActiveDirectoryServicePrincipal takes the id of an application, its secret, and its tenant",
  fix: "name the application as the user, in the URL or MSSQL_USER, its secret in MSSQL_PASSWORD, and its tenant in AZURE_TENANT_ID",
};
