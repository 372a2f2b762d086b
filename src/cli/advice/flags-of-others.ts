/**
 * What other loaders, shells of databases and libraries call their options, and what does the same here. A name that means several
 * things elsewhere gets a sentence for each of them, and never one flag that might do the wrong one.
 */

/** Names without hyphens and underscores, and what is said to them. */
type Habit = readonly [names: string, said: string];

/** Names that one flag of ours stands for. */
export const SAME: readonly Habit[] = [
  ["batchsize chunksize rowsperbatch", "--batch-rows"],
  ["beforeinsert presql beforeload beforesql", "--before"],
  ["afterinsert postsql afterload aftersql", "--after"],
  ["commitevery commitinterval commitsize", "--commit"],
  ["configfile", "--config"],
  ["names fieldnames colnames columnnames fields", "--columns"],
  ["createtable createifnotexists createtables autocreate", "--create"],
  ["datetimeformat timeformat timestampformat", "--date-format"],
  ["decimalseparator decimalmark", "--decimal"],
  ["sep separator fs fieldseparator fieldterminator fieldsterminatedby", "--delimiter"],
  ["fielddelimiter columndelimiter colsep columnseparator ifs", "--delimiter"],
  ["simulate preview", "--dry-run"],
  ["charset codepage clientencoding characterset defaultcharacterset", "--encoding"],
  ["escapechar escapecharacter fieldsescapedby", "--escape"],
  ["ignoreunknownvalues ignoreunknown ignoreextra ignoreextrafields", "--extra-fields ignore"],
  ["csv", "--format csv"],
  ["jsonarray", "--format json"],
  ["nl jsonl jsonlines ldjson ndjson", "--format ndjson"],
  ["tsv", "--format tsv"],
  ["headerline hasheader withheader", "--header"],
  ["ignoreduplicates skipduplicates onconflictdonothing", "--ignore"],
  ["forcenotnull", "--keep-empty"],
  ["identityinsert enableidentityinsert explicitids keepids", "--keep-identity"],
  ["primarykey uniquekey onconflict conflictcolumns upsert matchon", "--key"],
  ["unique keycolumns keyfields keys matchfields mergekey mergekeys", "--key"],
  ["upsertfields upsertkey updatekey conflicttarget primarykeys idcolumn", "--key"],
  ["nrows maxrows stopafter maxrecords head", "--limit"],
  ["debug", "--log-level debug"],
  ["rename columnmapping", "--map"],
  ["maxerrors maxerror ignoreerrors skiperrors continueonerror", "--max-rejects"],
  ["rejectlimit rejects maxbadrecords onbadlines badrecords onerror", "--max-rejects"],
  ["append", "--mode insert"],
  ["implicitcsvheader headerless", "--no-header"],
  ["nullstring nullstr nullvalue nullvalues navalues na nullmarker nullas nullif", "--null"],
  ["emptyasnull blanksasnull emptynull emptyisnull", "--empty null"],
  ["blanks", "--empty string"],
  ["forcenull", "--null-quoted"],
  ["noprogress", "--progress none"],
  ["silent", "--quiet"],
  ["quotechar quotecharacter fieldquote textqualifier enclosure", "--quote"],
  ["fieldsenclosedby fieldsoptionallyenclosedby", "--quote"],
  ["reject rejectspath badfile errorfile errorsfile discardfile", "--reject-file"],
  ["skip skiprows", "--skip-lines"],
  ["tablename desttable targettable totable into tbl collection tables", "--table"],
  ["thousandsseparator groupseparator", "--thousands"],
  ["db database url uri dsn conn connection connectionstring target", "--to"],
  ["dest destination databaseurl jdbcurl connstr", "--to"],
  ["strip stripwhitespace trimwhitespace skipinitialspace trimblanks", "--trim"],
  ["dtype dtypes columntypes", "--type"],
  ["threads parallel workers concurrency parallelism usethreads numworkers", "--writers"],
  ["numinsertionworkers", "--writers"],
];

const CONNECTION =
  "say it in --to: --to postgres://USER@HOST:5432/DATABASE, sqlserver://… or a file";
const LINE_ENDS = "leave it out: line ends are found by themselves, LF, CRLF or CR";
const HEADER =
  "leave it out: line 1 names the fields; --skip-lines N passes over lines before the header, and --header --columns a,b,… gives the fields other names";
const REPLACE = "--key a,b updates the rows that are there; --truncate empties the table first";
const RAGGED = "--missing-fields null fills short records, --extra-fields ignore cuts long ones";
const TYPES =
  "leave it out: the columns of a table say what values mean; --create finds types for a new one in all records, and --type column:TYPE says one";
const RULES =
  "leave it out: constraints and triggers always count; --late a,b sets columns whose rows come later in the source";
const ONE_TRANSACTION =
  "leave it out: a load is one transaction, unless --commit N commits in parts";

/** Names that mean several things, or nothing that has to be said here. */
export const ADVICE: readonly Habit[] = [
  ["host hostname port user username dbname server login", CONNECTION],
  ["password pass pwd", "put it into PGPASSWORD or ~/.pgpass, MSSQL_PASSWORD, or the URL of --to"],
  [
    "file filename infile input inputfile source csvfile path",
    "name the file by itself: upsurge FILE --to URL --table NAME",
  ],
  ["dbschema schema", "say it with the table: --table SCHEMA.NAME"],
  ["linesterminatedby lineterminator rowterminator recordseparator newline eol", LINE_ENDS],
  ["ignorelines skipleadingrows ignoreheader firstrow skipheader headerlines", HEADER],
  ["replace overwrite ifexists fullrefresh recreate", REPLACE],
  ["drop droptable", `a table is never dropped: ${REPLACE}`],
  [
    "delete",
    "--truncate empties the table first; --delete-missing deletes the rows that no record has",
  ],
  ["merge incremental", "--key a,b finds the rows to update, and others are inserted"],
  [
    "update",
    "--mode update changes rows and inserts none; --update-columns a,b says which columns are updated",
  ],
  [
    "sync mirror",
    "--key a,b --delete-missing makes the table equal to the file; --sync-sequences moves sequences past the ids",
  ],
  ["force", "--max-rejects N goes on past rejected records; --truncate empties the table first"],
  ["stoponerror", "leave it out: the first rejected record stops the load"],
  ["errors", "--max-rejects N allows some, --reject-file PATH says where they go"],
  [
    "usecols include exclude excludecolumns ignorecolumns dropcolumns",
    "--map 'FIELD:' drops a field, --extra-fields ignore all that have no column",
  ],
  ["detecttypes infertypes autodetect sniff snifflimit noinference", TYPES],
  ["allvarchar alltext parsedates columnshavetypes", TYPES],
  [
    "notnull default",
    "--type 'column:TYPE not null' says it of a new column, and --const column=value fills one",
  ],
  ["keepnulls", "leave it out: an empty field is NULL, and --default-on-empty a,b takes defaults"],
  ["allowjaggedrows fillrecord allowraggedcsvinput ragged flexible", RAGGED],
  ["parsegrace", `${RAGGED}; --max-rejects N goes on past those that are rejected`],
  [
    "truncatecolumns",
    'a text that is too long is rejected; --value "c = substr(excluded.c, 1, 20)" cuts it',
  ],
  [
    "acceptinvchars",
    "--encoding NAME says how the source is written; what is not valid is rejected",
  ],
  ["singletransaction transaction atomic", ONE_TRANSACTION],
  ["notransaction autocommit", "--commit N commits in parts, and goes on where it stopped"],
  ["command execute query sql", "SQL goes into --before, --after, --set or --value"],
  [
    "where filter",
    "--update-where CONDITION says which rows are updated; records are taken out before upsurge reads them",
  ],
  ["dayfirst", "--date-format %d/%m/%Y reads days that come first"],
  ["locale", "--decimal , and --thousands . read its numbers, --date-format %d.%m.%Y its dates"],
  ["gzip gz zstd compression decompress codec", "leave it out: gzip and zstd are recognised"],
  ["flatten", "--map 'a.b:column' takes a value out of an object"],
  ["convert transform", '--value "column = EXPRESSION" makes a value of others'],
  ["local maintaininsertionorder yes assumeyes noinput", "leave it out: it is always so"],
  ["lowpriority locktables tablock freeze", "leave it out: locks are the load's own affair"],
  ["analyze", "--after 'analyze NAME' runs it in the transaction of the load"],
  ["firetriggers checkconstraints disabletriggers disableconstraints nocheck", RULES],
  ["noconstraints ignoreforeignkeys", RULES],
];

/** Short options of others that ours do not have, letter for letter. */
export const SHORT: readonly Habit[] = [
  ["-U -W -S -P -p", CONNECTION],
  ["-H", "did you mean --no-header?"],
  ["-K", "did you mean --skip-lines?"],
  ["-E", "did you mean --keep-identity?"],
  ["-j", "did you mean --writers?"],
];
