/**
 * Words that other programs put into the URL of a PostgreSQL database: ORMs, pools, drivers and hosting providers. What
 * none of the two tables knows is an error: it may be a slip in a word that protects.
 */
import { alike } from "./parameter.ts";
import type { Parameter } from "./parameter.ts";

const OFF = ["0", "off", "false", "no", "disable"];

const HONOURED: readonly Parameter[] = [
  {
    name: "search_path",
    note: "the schemas in which a table without one is looked for, for each transaction: `app,public`",
  },
  {
    name: "schema",
    as: "search_path",
    note: "Prisma: the one schema of a table without one, taken letter for letter",
  },
  { name: "currentSchema", as: "search_path", note: "JDBC: the same as `search_path`" },
  { name: "schema_search_path", as: "search_path", note: "Rails: the same as `search_path`" },
  {
    name: "ssl",
    as: "sslmode",
    meanings: {
      true: "require",
      disable: "disable",
      allow: "allow",
      prefer: "prefer",
      require: "require",
      "verify-ca": "verify-ca",
      "verify-full": "verify-full",
    },
    note: "`ssl=true` is `sslmode=require`, as in libpq; a word of `sslmode` is that word, as in asyncpg",
    instead: "write sslmode=disable for no TLS, or sslmode=require for TLS that is not verified",
  },
  { name: "ApplicationName", as: "application_name", note: "JDBC" },
  { name: "connectTimeout", as: "connect_timeout", note: "JDBC, in seconds" },
  {
    name: "tcpKeepAlive",
    as: "keepalives",
    meanings: { true: "1", false: "0" },
    note: "JDBC",
  },
  {
    name: "targetServerType",
    as: "target_session_attrs",
    meanings: {
      any: "any",
      primary: "primary",
      master: "primary",
      secondary: "standby",
      slave: "standby",
      preferSecondary: "prefer-standby",
      preferSlave: "prefer-standby",
    },
    note: "JDBC",
  },
  {
    name: "loadBalanceHosts",
    as: "load_balance_hosts",
    meanings: { true: "random", false: "disable" },
    note: "JDBC",
  },
  { name: "channelBinding", as: "channel_binding", note: "JDBC" },
  { name: "requireAuth", as: "require_auth", note: "JDBC" },
  { name: "gssEncMode", as: "gssencmode", note: "JDBC" },
  { name: "sslNegotiation", as: "sslnegotiation", note: "JDBC" },
  { name: "database", as: "dbname", note: "asyncpg, node-postgres" },
];

const REFUSED: readonly Parameter[] = [
  {
    name: "sslaccept",
    does: "refused",
    harmless: ["accept_invalid_certs"],
    note: "it is Prisma's; certificates are verified by `sslmode`, and by default for every host but this machine",
    instead: "write sslmode=verify-full",
  },
  {
    name: "sslidentity",
    does: "refused",
    note: "it is Prisma's, and names a PKCS#12 file",
    instead: "write sslcert=FILE&sslkey=FILE, both PEM",
  },
  ...alike(["sslfactory", "sslfactoryarg", "sslhostnameverifier", "sslpasswordcallback"], {
    does: "refused",
    note: "it names code of a Java program",
    instead: "write sslmode=verify-full, or the sslmode that is meant",
  }),
  ...alike(["socketFactory", "socketFactoryArg", "authenticationPluginClassName"], {
    does: "refused",
    note: "it names code of a Java program",
    instead: "leave it out",
  }),
  {
    name: "readOnly",
    does: "refused",
    harmless: OFF,
    note: "a load writes",
    instead: "leave it out; `upsurge plan` writes nothing",
  },
  ...["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"].map(
    (name): Parameter => ({
      name,
      does: "refused",
      note: "it is a setting of the server, not a parameter of the connection",
      instead: `write options=-c%20${name}%3DVALUE, or pass ${name === "lock_timeout" ? "--lock-timeout" : "--statement-timeout"}`,
    }),
  ),
];

/** Pools, caches and diagnostics, by whose words they are. */
const PASSED_OVER: Readonly<Record<string, string>> = {
  Prisma:
    "connection_limit pool_timeout pgbouncer statement_cache_size socket_timeout max_connection_lifetime max_idle_connection_lifetime single_use_connections",
  "SQLAlchemy and asyncpg":
    "pool_size max_overflow pool_recycle pool_pre_ping pool_use_lifo echo async_fallback prepared_statement_cache_size prepared_statement_name_func max_cached_statement_lifetime max_cacheable_statement_size command_timeout prepare_threshold",
  "Django and dj-database-url": "conn_max_age conn_health_checks disable_server_side_cursors",
  Rails:
    "pool min_connections max_connections checkout_timeout idle_timeout reaping_frequency prepared_statements statement_limit advisory_locks encoding adapter",
  "Go (pgx, lib/pq)":
    "pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_lifetime_jitter pool_max_conn_idle_time pool_health_check_period default_query_exec_mode statement_cache_capacity description_cache_capacity min_read_buffer_size binary_parameters disable_prepared_binary_result",
  "node-postgres and postgres.js":
    "uselibpqcompat max min idleTimeoutMillis connectionTimeoutMillis allowExitOnIdle maxUses maxLifetimeSeconds idle_timeout max_lifetime max_pipeline prepare fetch_types query_timeout binary parseInputDatesAsUTC keepAlive",
  JDBC: "prepareThreshold preparedStatementCacheQueries preparedStatementCacheSizeMiB defaultRowFetchSize reWriteBatchedInserts binaryTransfer binaryTransferEnable binaryTransferDisable stringtype autosave cleanupSavepoints assumeMinServerVersion loginTimeout socketTimeout sslResponseTimeout gssResponseTimeout cancelSignalTimeout hostRecheckSeconds logUnclosedConnections logServerErrorDetail loggerLevel loggerFile allowEncodingChanges quoteReturningIdentifiers escapeSyntaxCallMode adaptiveFetch adaptiveFetchMinimum adaptiveFetchMaximum maxResultBuffer receiveBufferSize sendBufferSize maxSendBufferSize databaseMetadataCacheFields databaseMetadataCacheFieldsMiB preferQueryMode unknownLength disableColumnSanitiser readOnlyMode tcpNoDelay groupStartupParameters hideUnprivilegedObjects includeThreadNameInQuery kerberosServerName jaasLogin jaasApplicationName sspiServiceClass useSpnego xmlFactoryFactory",
  "Supabase and Vercel": "supa workaround pool_mode",
};

function passedOver(): Parameter[] {
  const owners = new Map<string, string[]>();
  for (const [owner, words] of Object.entries(PASSED_OVER)) {
    for (const name of words.split(" ")) owners.set(name, [...(owners.get(name) ?? []), owner]);
  }
  return [...owners].map(([name, whose]) => ({
    name,
    does: "passed over",
    note: whose.join("; "),
  }));
}

/** The rows: honoured, refused, passed over. */
export const OTHER_PARAMETERS: readonly Parameter[] = [...HONOURED, ...REFUSED, ...passedOver()];
