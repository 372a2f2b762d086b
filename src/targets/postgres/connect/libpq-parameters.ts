/**
 * EVERY CONNECTION PARAMETER OF LIBPQ 18, and what becomes of it. The URL, keyword strings, the service file and the
 * environment are all read by this table, and docs/reference/postgres-connections.md is made from it.
 */
import { alike } from "./parameter.ts";
import type { Parameter } from "./parameter.ts";

const FLAG = ["0", "1"];
const OFF = ["0", "off", "false", "no"];

/** The versions of TLS that there are. */
export const TLS_VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

/** The rows, in the order of libpq's documentation. */
export const LIBPQ_PARAMETERS: readonly Parameter[] = [
  {
    name: "host",
    variable: "PGHOST",
    note: "a host, the folder of a Unix socket, or several of them, tried in turn; without one the usual socket, then localhost",
  },
  {
    name: "hostaddr",
    variable: "PGHOSTADDR",
    note: "the address to connect to; `host` is still what the certificate must be made out for",
  },
  { name: "port", variable: "PGPORT", note: "one port for all hosts, or one for each; 5432" },
  { name: "dbname", variable: "PGDATABASE", note: "the database; the user's name when absent" },
  { name: "user", variable: "PGUSER", note: "the user; the one of this process when absent" },
  { name: "password", variable: "PGPASSWORD", note: "the password, which no output shows" },
  {
    name: "passfile",
    variable: "PGPASSFILE",
    note: "the password file; ~/.pgpass. One that others may read is not used, and the error says so",
  },
  {
    name: "require_auth",
    variable: "PGREQUIREAUTH",
    since: 16,
    note: "the ways of logging in that the server may ask for: password, md5, scram-sha-256, none (gss, sspi and oauth can be listed, not used)",
  },
  {
    name: "channel_binding",
    variable: "PGCHANNELBINDING",
    values: ["disable", "prefer", "require"],
    note: "`require` wants TLS and SCRAM-SHA-256-PLUS, and on this machine turns TLS on; `prefer` is the default",
  },
  {
    name: "connect_timeout",
    variable: "PGCONNECT_TIMEOUT",
    note: "seconds for each host; 10, and 0 for no limit",
  },
  {
    name: "client_encoding",
    variable: "PGCLIENTENCODING",
    does: "passed over",
    note: "upsurge and the server always speak UTF-8; the encoding of a source is `--encoding`",
  },
  {
    name: "options",
    variable: "PGOPTIONS",
    note: "settings of the session: `options=-c%20statement_timeout%3D60000`",
  },
  {
    name: "application_name",
    variable: "PGAPPNAME",
    note: "the name that pg_stat_activity shows; upsurge",
  },
  { name: "fallback_application_name", note: "the same, where there is no `application_name`" },
  { name: "keepalives", values: FLAG, note: "0 turns the TCP keepalives of this side off" },
  { name: "keepalives_idle", note: "seconds until the first keepalive; 10" },
  ...alike(["keepalives_interval", "keepalives_count", "tcp_user_timeout"], {
    does: "passed over",
    note: "Node has no setting for it; `--statement-timeout` bounds every wait",
  }),
  {
    name: "replication",
    does: "refused",
    harmless: OFF,
    note: "a load cannot go over a replication connection",
  },
  {
    name: "gssencmode",
    variable: "PGGSSENCMODE",
    does: "refused",
    values: ["disable", "prefer", "require"],
    harmless: ["disable", "prefer"],
    note: "the driver has no GSSAPI encryption",
    instead: "encrypt with sslmode=verify-full",
  },
  {
    name: "sslmode",
    variable: "PGSSLMODE",
    values: ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    note: "`disable` on this machine, else `verify-full`, which is stricter than libpq's `prefer`. Where there is a root certificate, `require` verifies it like `verify-ca`",
    instead: "sslmode=require encrypts without verifying, where there is no root certificate",
  },
  {
    name: "requiressl",
    as: "sslmode",
    meanings: { "0": "prefer", "1": "require" },
    note: "the older word: 1 is `sslmode=require`, 0 is `sslmode=prefer`",
  },
  {
    name: "sslnegotiation",
    variable: "PGSSLNEGOTIATION",
    since: 17,
    values: ["postgres", "direct"],
    note: "`direct` begins with TLS at once; needs a server of version 17, and sslmode=require or stronger",
  },
  {
    name: "sslcompression",
    variable: "PGSSLCOMPRESSION",
    does: "passed over",
    note: "TLS is never compressed",
  },
  {
    name: "sslcert",
    variable: "PGSSLCERT",
    note: "the client's certificate; ~/.postgresql/postgresql.crt if that exists",
  },
  {
    name: "sslkey",
    variable: "PGSSLKEY",
    note: "its key; ~/.postgresql/postgresql.key if that exists",
  },
  { name: "sslpassword", note: "the passphrase of the key, which no output shows" },
  {
    name: "sslcertmode",
    variable: "PGSSLCERTMODE",
    since: 16,
    does: "refused",
    values: ["disable", "allow", "require"],
    harmless: ["disable", "allow"],
    note: "the driver cannot tell whether the server asked for a certificate; `disable` (send none) and `allow` are honoured",
    instead: "write sslcertmode=allow, and let the server insist on a certificate",
  },
  {
    name: "sslrootcert",
    variable: "PGSSLROOTCERT",
    note: "the trusted CAs: a file, or `system`; ~/.postgresql/root.crt if that exists, else `system`",
  },
  {
    name: "sslcrl",
    variable: "PGSSLCRL",
    note: "a file of revoked certificates; ~/.postgresql/root.crl if that exists. One that cannot be read is an error",
  },
  {
    name: "sslcrldir",
    variable: "PGSSLCRLDIR",
    note: "a folder of such files, named by hash as `openssl rehash` does",
  },
  {
    name: "sslsni",
    variable: "PGSSLSNI",
    does: "refused",
    values: FLAG,
    harmless: ["1"],
    note: "the driver always tells the server which host it wants",
    instead: "write sslsni=1",
  },
  {
    name: "requirepeer",
    variable: "PGREQUIREPEER",
    does: "refused",
    only: "socket",
    note: "Node cannot tell who owns the other end of a Unix socket. Over TCP it asks for nothing, as in libpq",
    instead:
      "connect over TCP with sslmode=verify-full, or put the socket into a folder that only its owner may write to and leave requirepeer out",
  },
  {
    name: "ssl_min_protocol_version",
    variable: "PGSSLMINPROTOCOLVERSION",
    values: TLS_VERSIONS,
    note: "the oldest TLS; TLSv1.2",
  },
  {
    name: "ssl_max_protocol_version",
    variable: "PGSSLMAXPROTOCOLVERSION",
    values: TLS_VERSIONS,
    note: "the newest TLS",
  },
  {
    name: "min_protocol_version",
    variable: "PGMINPROTOCOLVERSION",
    since: 18,
    does: "refused",
    values: ["3.0", "3.2", "latest"],
    harmless: ["3.0"],
    note: "the driver speaks version 3.0 of the protocol",
    instead: "write min_protocol_version=3.0",
  },
  {
    name: "max_protocol_version",
    variable: "PGMAXPROTOCOLVERSION",
    since: 18,
    does: "passed over",
    values: ["3.0", "3.2", "latest"],
    note: "the driver speaks version 3.0 of the protocol, which no value forbids",
  },
  {
    name: "krbsrvname",
    variable: "PGKRBSRVNAME",
    does: "passed over",
    note: "it is for GSSAPI only; a server that wants GSSAPI refuses the login",
  },
  {
    name: "gsslib",
    variable: "PGGSSLIB",
    does: "passed over",
    note: "it is for GSSAPI only; a server that wants GSSAPI refuses the login",
  },
  {
    name: "gssdelegation",
    variable: "PGGSSDELEGATION",
    since: 16,
    does: "passed over",
    note: "it is for GSSAPI only: there are no credentials to hand on",
  },
  ...alike(["scram_client_key", "scram_server_key"], {
    since: 18,
    does: "refused",
    note: "the driver logs in with passwords only",
    instead: "give the password, in PGPASSWORD or ~/.pgpass",
  }),
  ...alike(["oauth_issuer", "oauth_client_id", "oauth_client_secret", "oauth_scope"], {
    since: 18,
    does: "passed over",
    note: "it is for OAuth only; a server that wants OAuth refuses the login",
  }),
  {
    name: "sslkeylogfile",
    since: 18,
    does: "refused",
    note: "upsurge writes no keys of a connection down",
    instead: "use psql to look into the encryption of a connection",
  },
  {
    name: "service",
    variable: "PGSERVICE",
    note: "a section of $PGSERVICEFILE (~/.pg_service.conf), else of pg_service.conf in $PGSYSCONFDIR",
  },
  {
    name: "target_session_attrs",
    variable: "PGTARGETSESSIONATTRS",
    values: ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
    note: "the first host whose session is such is taken; when none is, the load may be run again later",
  },
  {
    name: "load_balance_hosts",
    variable: "PGLOADBALANCEHOSTS",
    since: 16,
    values: ["disable", "random"],
    note: "`random` tries the hosts in any order; the addresses of one host are left to the system",
  },
];
