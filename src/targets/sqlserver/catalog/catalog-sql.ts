/** The questions to the catalog, in plain T-SQL over documented views. `@id` is the table's object id. Pure. */

/**
 * The tables and views that a name may mean, each reading of it in a form that OBJECT_ID reads: first that of `@name`, then those
 * of `@parts` and `@written`.
 */
export const RELATIONS = `SELECT o.object_id AS id, s.name AS [schema], o.name AS name, RTRIM(o.type) AS type
FROM sys.objects AS o INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.object_id IN (OBJECT_ID(@name), OBJECT_ID(@parts), OBJECT_ID(@written)) AND RTRIM(o.type) IN ('U', 'V')
ORDER BY CASE WHEN o.object_id = OBJECT_ID(@name) THEN 1 WHEN o.object_id = OBJECT_ID(@parts) THEN 2 ELSE 3 END`;

/** What this user may do with it. */
export const PRIVILEGES = `SELECT HAS_PERMS_BY_NAME(@name, 'OBJECT', 'SELECT') AS may_select,
HAS_PERMS_BY_NAME(@name, 'OBJECT', 'INSERT') AS may_insert, HAS_PERMS_BY_NAME(@name, 'OBJECT', 'UPDATE') AS may_update,
HAS_PERMS_BY_NAME(@name, 'OBJECT', 'DELETE') AS may_delete, HAS_PERMS_BY_NAME(@name, 'OBJECT', 'ALTER') AS may_truncate,
USER_NAME() AS user_name, DB_NAME() AS database_name`;

/**
 * Columns in table order; an alias type is shown as the type it stands for. The names of collations are compared by one that is
 * said: those of a database and of the whole server may have two, which the server does not compare (468).
 */
export const COLUMNS = `SELECT c.name AS name, c.column_id AS id, COALESCE(b.name, t.name) AS type, c.max_length AS bytes,
c.[precision] AS digits, c.scale AS scale, c.is_nullable AS nullable, c.is_identity AS is_identity,
c.generated_always_type AS generated, d.definition AS default_sql, c.default_object_id AS default_id,
k.definition AS computed_sql, c.is_computed AS is_computed,
CASE WHEN c.collation_name COLLATE Latin1_General_BIN2 <> (SELECT collation_name FROM sys.databases WHERE name = DB_NAME()) THEN c.collation_name END AS collation
FROM sys.columns AS c
INNER JOIN sys.types AS t ON t.user_type_id = c.user_type_id
LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id
LEFT JOIN sys.default_constraints AS d ON d.object_id = c.default_object_id
LEFT JOIN sys.computed_columns AS k ON k.object_id = c.object_id AND k.column_id = c.column_id
WHERE c.object_id = CONVERT(int, @id) ORDER BY c.column_id`;

/** Unique indexes and constraints, one row for each of their columns. */
export const KEYS = `SELECT i.name AS name, i.is_primary_key AS is_primary, i.is_unique_constraint AS is_constraint,
i.filter_definition AS predicate, i.ignore_dup_key AS ignores, c.name AS column_name
FROM sys.indexes AS i
INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE i.object_id = CONVERT(int, @id) AND i.is_unique = 1 AND i.is_disabled = 0 AND k.key_ordinal > 0
ORDER BY i.is_primary_key DESC, i.name, k.key_ordinal`;

/** Enforced foreign keys, one row for each of their columns. */
export const FOREIGN_KEYS = `SELECT f.name AS name, f.referenced_object_id AS refers_to, f.parent_object_id AS id, c.name AS column_name,
r.name AS refers_to_column, f.delete_referential_action AS action, s.name AS [schema], o.name AS table_name
FROM sys.foreign_keys AS f
INNER JOIN sys.objects AS o ON o.object_id = f.referenced_object_id
INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
INNER JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
INNER JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
INNER JOIN sys.columns AS r ON r.object_id = k.referenced_object_id AND r.column_id = k.referenced_column_id
WHERE f.parent_object_id = CONVERT(int, @id) AND f.is_disabled = 0
ORDER BY f.name, k.constraint_column_id`;

/** Foreign keys of other tables that refer to it, one row for each of their columns; TRUNCATE minds those that are off as well. */
export const REFERENCES = `SELECT f.name AS name, s.name AS [schema], o.name AS table_name, c.name AS column_name,
r.name AS refers_to_column,
f.delete_referential_action AS action, f.is_disabled AS is_disabled
FROM sys.foreign_keys AS f
INNER JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
INNER JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
INNER JOIN sys.columns AS r ON r.object_id = k.referenced_object_id AND r.column_id = k.referenced_column_id
INNER JOIN sys.objects AS o ON o.object_id = f.parent_object_id
INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE f.referenced_object_id = CONVERT(int, @id) AND f.parent_object_id <> CONVERT(int, @id)
ORDER BY s.name, o.name, f.name, k.constraint_column_id`;

/** Enforced checks. */
export const CHECKS = `SELECT name, definition FROM sys.check_constraints
WHERE parent_object_id = CONVERT(int, @id) AND is_disabled = 0 ORDER BY name`;

/** Enabled triggers, one row for each of their events. */
export const TRIGGERS = `SELECT t.name AS name, t.is_instead_of_trigger AS instead, e.type_desc AS event
FROM sys.triggers AS t INNER JOIN sys.trigger_events AS e ON e.object_id = t.object_id
WHERE t.parent_id = CONVERT(int, @id) AND t.is_disabled = 0 ORDER BY t.name`;

/** What speaks against MERGE. Few databases have views with an index; in those their dependencies are looked at. */
export const HAZARDS = `SELECT (SELECT temporal_type FROM sys.tables WHERE object_id = CONVERT(int, @id)) AS temporal,
(SELECT COUNT(*) FROM sys.views AS v WHERE EXISTS (SELECT 1 FROM sys.indexes AS i WHERE i.object_id = v.object_id AND i.is_unique = 1)) AS indexed_views`;

/** An indexed view over the table. */
export const INDEXED_VIEW_OVER = `SELECT v.name AS name FROM sys.views AS v
INNER JOIN sys.sql_expression_dependencies AS d ON d.referencing_id = v.object_id
WHERE d.referenced_id = CONVERT(int, @id) AND EXISTS (SELECT 1 FROM sys.indexes AS i WHERE i.object_id = v.object_id AND i.is_unique = 1)`;

/** Tables and views of the database, those of the user's own schema first. */
export const TABLES = `SELECT s.name AS [schema], o.name AS name FROM sys.objects AS o
INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE RTRIM(o.type) IN ('U', 'V') AND s.name NOT IN ('sys', 'INFORMATION_SCHEMA')
ORDER BY CASE WHEN s.name = SCHEMA_NAME() THEN 0 ELSE 1 END, s.name, o.name`;

/**
 * What is another one once the table is: its number, when it or one of its constraints, defaults and triggers was altered last, and
 * how many of them there are. By the documentation an index that is made or altered alters its table; what is only
 * switched on or off is counted.
 */
export const VERSION = `SELECT CONVERT(int, @id) AS version_id, (SELECT CONVERT(nvarchar(30), o.modify_date, 126) FROM sys.objects AS o WHERE o.object_id = CONVERT(int, @id)) AS modified,
(SELECT COUNT(*) FROM sys.objects AS c WHERE c.parent_object_id = CONVERT(int, @id)) AS children,
(SELECT MAX(c.object_id) FROM sys.objects AS c WHERE c.parent_object_id = CONVERT(int, @id)) AS latest,
(SELECT CONVERT(nvarchar(30), MAX(c.modify_date), 126) FROM sys.objects AS c WHERE c.parent_object_id = CONVERT(int, @id)) AS children_modified,
(SELECT COUNT(*) FROM sys.triggers AS t WHERE t.parent_id = CONVERT(int, @id) AND t.is_disabled = 0) AS enabled_triggers,
(SELECT COUNT(*) FROM sys.indexes AS i WHERE i.object_id = CONVERT(int, @id) AND i.is_unique = 1 AND i.is_disabled = 0) AS unique_keys,
(SELECT COUNT(*) FROM sys.foreign_keys AS f WHERE f.parent_object_id = CONVERT(int, @id) AND f.is_disabled = 0) AS foreign_keys,
(SELECT COUNT(*) FROM sys.check_constraints AS k WHERE k.parent_object_id = CONVERT(int, @id) AND k.is_disabled = 0) AS checks,
(SELECT COUNT(*) FROM sys.foreign_keys AS r WHERE r.referenced_object_id = CONVERT(int, @id) AND r.is_disabled = 0) AS referring`;
