-- SQL Server's catalog as views over PostgreSQL's and over the notes of what was written.

-- Puts a view behind a function, whose plan a session keeps: a view of views is planned anew with each query.
CREATE FUNCTION tsql.keep_plan(view text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER VIEW sys.%1$I RENAME TO %2$I; ALTER VIEW sys.%2$I SET SCHEMA tsql', view, 'sys ' || view);
  EXECUTE format('CREATE FUNCTION tsql.%2$I() RETURNS SETOF tsql.%2$I LANGUAGE plpgsql STABLE ROWS 3 AS %3$L; CREATE VIEW sys.%1$I AS SELECT * FROM tsql.%2$I()',
    view, 'sys ' || view, format('BEGIN RETURN QUERY SELECT * FROM tsql.%I; END', 'sys ' || view));
END $$;
CREATE VIEW sys.schemas AS
  SELECT nspname::text AS name, oid::int8::int4 AS schema_id, 1 AS principal_id FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('tsql', 'public', 'information_schema');
SELECT tsql.keep_plan('schemas');

CREATE VIEW sys.relations AS
  SELECT c.oid, c.oid::int8::int4 AS object_id, c.relname::text AS name, s.schema_id, c.relkind FROM pg_class c JOIN sys.schemas s ON s.schema_id = c.relnamespace::int8::int4
  WHERE c.relkind IN ('r', 'v') AND s.name <> 'sys' AND c.oid >= 16384;
SELECT tsql.keep_plan('relations');

CREATE VIEW sys.tables AS
  SELECT name, object_id, schema_id, 0 AS parent_object_id, 'U'::character(2) AS type, 'USER_TABLE'::text AS type_desc,
    0::int2 AS temporal_type, 'NON_TEMPORAL_TABLE'::text AS temporal_type_desc, false AS is_memory_optimized, false AS is_ms_shipped,
    false AS is_external, false AS is_node, false AS is_edge, 0::int2 AS ledger_type
  FROM sys.relations WHERE relkind = 'r';
SELECT tsql.keep_plan('tables');
CREATE VIEW sys.views AS
  SELECT name, object_id, schema_id, 0 AS parent_object_id, 'V'::character(2) AS type, 'VIEW'::text AS type_desc FROM sys.relations WHERE relkind = 'v';
SELECT tsql.keep_plan('views');

CREATE TABLE sys.types (name text, system_type_id int2, user_type_id int, max_length int2, precision int2, scale int2, is_user_defined boolean, collation_name text);
INSERT INTO sys.types VALUES
  ('image', 34, 34, 16, 0, 0), ('text', 35, 35, 16, 0, 0), ('uniqueidentifier', 36, 36, 16, 0, 0), ('date', 40, 40, 3, 10, 0), ('time', 41, 41, 5, 16, 7),
  ('datetime2', 42, 42, 8, 27, 7), ('datetimeoffset', 43, 43, 10, 34, 7), ('tinyint', 48, 48, 1, 3, 0), ('smallint', 52, 52, 2, 5, 0), ('int', 56, 56, 4, 10, 0),
  ('smalldatetime', 58, 58, 4, 16, 0), ('real', 59, 59, 4, 24, 0), ('money', 60, 60, 8, 19, 4), ('datetime', 61, 61, 8, 23, 3), ('float', 62, 62, 8, 53, 0),
  ('sql_variant', 98, 98, 8016, 0, 0), ('ntext', 99, 99, 16, 0, 0), ('bit', 104, 104, 1, 1, 0), ('decimal', 106, 106, 17, 38, 38), ('numeric', 108, 108, 17, 38, 38),
  ('smallmoney', 122, 122, 4, 10, 4), ('bigint', 127, 127, 8, 19, 0), ('varbinary', 165, 165, 8000, 0, 0), ('varchar', 167, 167, 8000, 0, 0), ('binary', 173, 173, 8000, 0, 0),
  ('char', 175, 175, 8000, 0, 0), ('timestamp', 189, 189, 8, 0, 0), ('sysname', 231, 256, 256, 0, 0), ('nvarchar', 231, 231, 8000, 0, 0), ('nchar', 239, 239, 8000, 0, 0), ('xml', 241, 241, -1, 0, 0);
UPDATE sys.types SET is_user_defined = false;

-- Every column with its T-SQL type: as noted, else the nearest to PostgreSQL's.
CREATE VIEW sys.columns AS
  SELECT r.object_id, a.attname::text AS name, a.attnum::int4 AS column_id, t.system_type_id, t.user_type_id,
    (CASE WHEN t.name IN ('nvarchar', 'nchar') AND v.length > 0 THEN 2 * v.length
          WHEN t.name IN ('nvarchar', 'nchar', 'varchar', 'char', 'binary', 'varbinary') THEN v.length
          WHEN t.name IN ('decimal', 'numeric') THEN CASE WHEN v.precision <= 9 THEN 5 WHEN v.precision <= 19 THEN 9 WHEN v.precision <= 28 THEN 13 ELSE 17 END
          ELSE t.max_length END)::int2 AS max_length,
    (CASE WHEN t.name IN ('decimal', 'numeric') THEN v.precision WHEN t.name IN ('time', 'datetime2', 'datetimeoffset') THEN t.precision - 8 + CASE WHEN v.scale > 0 THEN v.scale + 1 ELSE 0 END ELSE t.precision END)::int2 AS precision,
    (CASE WHEN t.name IN ('decimal', 'numeric', 'time', 'datetime2', 'datetimeoffset') THEN v.scale ELSE t.scale END)::int2 AS scale,
    CASE WHEN t.name IN ('char', 'varchar', 'nchar', 'nvarchar', 'text', 'ntext', 'sysname') THEN
      CASE WHEN n.collate_name IS NULL OR upper(n.collate_name) = 'DATABASE_DEFAULT' THEN 'SQL_Latin1_General_CP1_CI_AS' ELSE n.collate_name END END AS collation_name,
    NOT a.attnotnull AS is_nullable, a.attidentity <> '' AS is_identity, a.attgenerated <> '' AS is_computed, false AS is_rowguidcol, false AS is_sparse, false AS is_xml_document,
    0::int2 AS generated_always_type, 'NOT_APPLICABLE'::text AS generated_always_type_desc, false AS is_hidden, false AS is_masked, NULL::int AS encryption_type, NULL::text AS encryption_type_desc, 0 AS rule_object_id, false AS is_column_set,
    coalesce((SELECT d.oid::int8::int4 FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''), 0) AS default_object_id
  FROM sys.relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN tsql.column_notes n ON n.relid = r.oid AND n.attname = a.attname::text
  CROSS JOIN LATERAL (SELECT
    coalesce(n.type, CASE format_type(a.atttypid, NULL) WHEN 'integer' THEN 'int' WHEN 'bigint' THEN 'bigint' WHEN 'smallint' THEN 'smallint' WHEN 'tsql.tinyint' THEN 'tinyint' WHEN 'tinyint' THEN 'tinyint'
      WHEN 'boolean' THEN 'bit' WHEN 'numeric' THEN 'decimal' WHEN 'double precision' THEN 'float' WHEN 'real' THEN 'real' WHEN 'date' THEN 'date' WHEN 'uuid' THEN 'uniqueidentifier' WHEN 'bytea' THEN 'varbinary'
      WHEN 'character' THEN 'nchar' WHEN 'timestamp without time zone' THEN 'datetime2' WHEN 'timestamp with time zone' THEN 'datetimeoffset' WHEN 'time without time zone' THEN 'time' ELSE 'nvarchar' END) AS name,
    coalesce(n.length, CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 0 THEN a.atttypmod - 4 ELSE -1 END) AS length,
    coalesce(n.precision, CASE WHEN a.atttypid = 'numeric'::regtype AND a.atttypmod > 0 THEN ((a.atttypmod - 4) >> 16) & 65535 ELSE 38 END) AS precision,
    coalesce(n.scale, CASE WHEN a.atttypid = 'numeric'::regtype AND a.atttypmod > 0 THEN (a.atttypmod - 4) & 2047 WHEN a.atttypid = 'numeric'::regtype THEN 6 ELSE 7 END) AS scale) AS v
  JOIN sys.types t ON t.name = v.name;
SELECT tsql.keep_plan('columns');

CREATE VIEW sys.all_columns AS SELECT * FROM sys.columns;
CREATE VIEW sys.identity_columns AS SELECT object_id, name, column_id, 1::int8 AS seed_value, 1::int8 AS increment_value, NULL::int8 AS last_value, is_nullable FROM sys.columns WHERE is_identity;
CREATE VIEW sys.computed_columns AS
  SELECT c.object_id, c.name, c.column_id, c.system_type_id, c.user_type_id, c.max_length, c.is_nullable, n.computed AS definition, coalesce(n.persisted, false) AS is_persisted, true AS is_computed
  FROM sys.columns c LEFT JOIN tsql.column_notes n ON n.relid = c.object_id::oid AND n.attname = c.name WHERE c.is_computed;
SELECT tsql.keep_plan('computed_columns');
CREATE VIEW sys.default_constraints AS
  SELECT d.oid::int8::int4 AS object_id, n.default_name AS name, r.schema_id, r.object_id AS parent_object_id, a.attnum::int4 AS parent_column_id, n.default_text AS definition, 'D'::character(2) AS type
  FROM sys.relations r JOIN pg_attrdef d ON d.adrelid = r.oid JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.adnum AND NOT a.attisdropped AND a.attgenerated = ''
  LEFT JOIN tsql.column_notes n ON n.relid = r.oid AND n.attname = a.attname::text;
SELECT tsql.keep_plan('default_constraints');
CREATE VIEW sys.check_constraints AS
  SELECT k.oid::int8::int4 AS object_id, k.conname::text AS name, r.schema_id, r.object_id AS parent_object_id, n.definition, false AS is_disabled, false AS is_not_trusted, false AS is_system_named,
    coalesce((SELECT attnum::int4 FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attname::text = n.column_name), 0) AS parent_column_id, 'C'::character(2) AS type
  FROM pg_constraint k JOIN sys.relations r ON r.oid = k.conrelid LEFT JOIN tsql.check_notes n ON n.relid = k.conrelid AND n.name = k.conname::text
  WHERE k.contype = 'c' AND k.conname NOT LIKE 'tsql %';
SELECT tsql.keep_plan('check_constraints');
CREATE VIEW sys.key_constraints AS
  SELECT k.oid::int8::int4 AS object_id, k.conname::text AS name, r.schema_id, r.object_id AS parent_object_id, (CASE k.contype WHEN 'p' THEN 'PK' ELSE 'UQ' END)::character(2) AS type,
    k.conindid::int8::int4 AS unique_index_oid, false AS is_system_named
  FROM pg_constraint k JOIN sys.relations r ON r.oid = k.conrelid WHERE k.contype IN ('p', 'u') AND NOT starts_with(k.conname, r.name || '.');
SELECT tsql.keep_plan('key_constraints');

-- An index made by CREATE INDEX has the table's name before its own.
CREATE VIEW sys.indexes AS
  SELECT r.object_id, CASE WHEN starts_with(c.relname, r.name || '.') THEN substr(c.relname::text, length(r.name) + 2) ELSE c.relname::text END AS name,
    row_number() OVER (PARTITION BY r.oid ORDER BY i.indisprimary DESC, i.indexrelid)::int4 AS index_id,
    (CASE WHEN i.indisprimary THEN 1 ELSE 2 END)::int2 AS type, CASE WHEN i.indisprimary THEN 'CLUSTERED' ELSE 'NONCLUSTERED' END AS type_desc,
    i.indisunique AS is_unique, i.indisprimary AS is_primary_key, k.oid IS NOT NULL AND k.contype = 'u' AND NOT starts_with(k.conname, r.name || '.') AS is_unique_constraint,
    false AS is_disabled, i.indpred IS NOT NULL AS has_filter, f.definition AS filter_definition, false AS is_hypothetical, coalesce(obj_description(i.indexrelid, 'pg_class') = 'IGNORE_DUP_KEY', false) AS ignore_dup_key, i.indexrelid
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN sys.relations r ON r.oid = i.indrelid
  LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u')
  LEFT JOIN tsql.filter_notes f ON f.indexid = i.indexrelid;
SELECT tsql.keep_plan('indexes');
CREATE VIEW sys.index_columns AS
  SELECT x.object_id, x.index_id, k.place::int4 AS index_column_id, k.attnum::int4 AS column_id,
    (CASE WHEN k.place <= i.indnkeyatts THEN k.place ELSE 0 END)::int2 AS key_ordinal, k.place > i.indnkeyatts AS is_included_column, false AS is_descending_key, 0::int2 AS partition_ordinal
  FROM sys.indexes x JOIN pg_index i ON i.indexrelid = x.indexrelid CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place);
SELECT tsql.keep_plan('index_columns');

CREATE VIEW sys.foreign_keys AS
  SELECT k.oid::int8::int4 AS object_id, k.conname::text AS name, r.schema_id, r.object_id AS parent_object_id, k.confrelid::int8::int4 AS referenced_object_id, false AS is_disabled, false AS is_not_trusted,
    (CASE k.confdeltype WHEN 'c' THEN 1 WHEN 'n' THEN 2 WHEN 'd' THEN 3 ELSE 0 END)::int2 AS delete_referential_action,
    (CASE k.confupdtype WHEN 'c' THEN 1 WHEN 'n' THEN 2 WHEN 'd' THEN 3 ELSE 0 END)::int2 AS update_referential_action, 'F'::character(2) AS type
  FROM pg_constraint k JOIN sys.relations r ON r.oid = k.conrelid WHERE k.contype = 'f';
SELECT tsql.keep_plan('foreign_keys');
CREATE VIEW sys.foreign_key_columns AS
  SELECT k.oid::int8::int4 AS constraint_object_id, u.place::int4 AS constraint_column_id, k.conrelid::int8::int4 AS parent_object_id, u.child::int4 AS parent_column_id,
    k.confrelid::int8::int4 AS referenced_object_id, u.parent::int4 AS referenced_column_id
  FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(child, parent, place) WHERE k.contype = 'f';
SELECT tsql.keep_plan('foreign_key_columns');

CREATE VIEW sys.triggers AS
  SELECT min(t.oid::int8)::int4 AS object_id, regexp_replace(t.tgname::text, ' [A-Z]+$', '') AS name, 1::int2 AS parent_class, r.object_id AS parent_id, false AS is_disabled, false AS is_instead_of_trigger, 'TR'::character(2) AS type
  FROM pg_trigger t JOIN sys.relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgname NOT LIKE 'tsql\_%' GROUP BY 2, r.object_id;
SELECT tsql.keep_plan('triggers');
CREATE VIEW sys.trigger_events AS
  SELECT x.object_id, (CASE e.e WHEN 'INSERT' THEN 1 WHEN 'UPDATE' THEN 2 ELSE 3 END)::int4 AS type, e.e AS type_desc, false AS is_first, false AS is_last
  FROM sys.triggers x JOIN pg_trigger t ON t.tgrelid = x.parent_id::oid AND regexp_replace(t.tgname::text, ' [A-Z]+$', '') = x.name
  CROSS JOIN LATERAL (SELECT substring(t.tgname::text FROM ' ([A-Z]+)$') AS e) AS e WHERE NOT t.tgisinternal;
SELECT tsql.keep_plan('trigger_events');

CREATE VIEW sys.synonyms AS SELECT y.name, y.id AS object_id, s.schema_id, 0 AS parent_object_id, 'SN'::character(2) AS type, y.base AS base_object_name
  FROM tsql.synonyms y JOIN sys.schemas s ON s.name = y.schema_name;

-- An id is never given twice here; the time tells no more than the order in which things were made.
CREATE VIEW sys.objects AS SELECT *, timestamp '2020-01-01' + object_id * interval '1 second' AS create_date,
  -- Nor does this one: it is another one once the object was altered, or an index of it made.
  timestamp '2020-01-01' + coalesce((SELECT max(w.by) FROM (
    SELECT c.xmin::text::int8 AS by FROM pg_class c WHERE c.oid = o.object_id::oid UNION ALL SELECT a.xmin::text::int8 FROM pg_attribute a WHERE a.attrelid = o.object_id::oid
    UNION ALL SELECT i.xmin::text::int8 FROM pg_index i WHERE i.indrelid = o.object_id::oid UNION ALL SELECT k.xmin::text::int8 FROM pg_constraint k WHERE k.oid = o.object_id::oid
    UNION ALL SELECT t.xmin::text::int8 FROM pg_trigger t WHERE t.oid = o.object_id::oid) AS w), object_id) * interval '1 second' AS modify_date FROM (
  SELECT name, object_id, schema_id, 0 AS parent_object_id, (CASE relkind WHEN 'r' THEN 'U ' ELSE 'V ' END)::character(2) AS type, (CASE relkind WHEN 'r' THEN 'USER_TABLE' ELSE 'VIEW' END) AS type_desc, false AS is_ms_shipped FROM sys.relations
  UNION ALL SELECT name, object_id, schema_id, parent_object_id, type, CASE type WHEN 'PK' THEN 'PRIMARY_KEY_CONSTRAINT' ELSE 'UNIQUE_CONSTRAINT' END, false FROM sys.key_constraints
  UNION ALL SELECT name, object_id, schema_id, parent_object_id, type, 'CHECK_CONSTRAINT', false FROM sys.check_constraints
  UNION ALL SELECT name, object_id, schema_id, parent_object_id, type, 'DEFAULT_CONSTRAINT', false FROM sys.default_constraints
  UNION ALL SELECT name, object_id, schema_id, parent_object_id, type, 'FOREIGN_KEY_CONSTRAINT', false FROM sys.foreign_keys
  UNION ALL SELECT name, object_id, schema_id, 0, type, 'SYNONYM', false FROM sys.synonyms
  UNION ALL SELECT t.name, t.object_id, r.schema_id, t.parent_id, t.type, 'SQL_TRIGGER', false FROM sys.triggers t JOIN sys.relations r ON r.object_id = t.parent_id) AS o;
SELECT tsql.keep_plan('objects');

CREATE VIEW sys.security_policies AS SELECT 0 AS object_id, ''::text AS name, false AS is_enabled, 0 AS schema_id WHERE false;
CREATE VIEW sys.security_predicates AS SELECT 0 AS object_id, 0 AS target_object_id, ''::text AS predicate_definition, 0 AS predicate_type, ''::text AS predicate_type_desc, 0 AS operation, ''::text AS operation_desc WHERE false;
CREATE VIEW sys.sql_expression_dependencies AS SELECT 0 AS referencing_id, 0 AS referencing_minor_id, 0 AS referenced_id, 0 AS referenced_minor_id, ''::text AS referenced_entity_name, ''::text AS referenced_schema_name WHERE false;
CREATE VIEW sys.databases AS SELECT datname::text AS name, oid::int8::int4 AS database_id, coalesce(nullif(current_setting('tsql.level', true), ''), '160')::int2 AS compatibility_level, 'SQL_Latin1_General_CP1_CI_AS'::text AS collation_name, false AS is_read_committed_snapshot_on, 0::int2 AS snapshot_isolation_state, false AS is_read_only FROM pg_database WHERE datname = current_database();
