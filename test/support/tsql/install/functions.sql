-- The collations, operators and functions that translated statements use.
-- tsql.ci is the default of SQL Server: case does not matter, accents do.
CREATE COLLATION tsql.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
-- Of temporary tables: the same rules, and another collation.
CREATE COLLATION tsql.tempdb (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION tsql.ai (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE COLLATION tsql.cs (provider = icu, locale = 'und', deterministic = true);

-- `+` of texts puts them together.
CREATE OPERATOR tsql.+ (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat);

-- A bit is compared with 0 and 1.
CREATE FUNCTION tsql.bit_eq(a boolean, b int) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT a = (b <> 0) $$;
CREATE FUNCTION tsql.bit_ne(a boolean, b int) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT a <> (b <> 0) $$;
CREATE FUNCTION tsql.eq_bit(a int, b boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT b = (a <> 0) $$;
CREATE OPERATOR tsql.= (LEFTARG = boolean, RIGHTARG = int, FUNCTION = tsql.bit_eq);
CREATE OPERATOR tsql.<> (LEFTARG = boolean, RIGHTARG = int, FUNCTION = tsql.bit_ne);
CREATE OPERATOR tsql.= (LEFTARG = int, RIGHTARG = boolean, FUNCTION = tsql.eq_bit);

-- SUM of int is int.
CREATE AGGREGATE tsql.sum(int4) (SFUNC = int4_sum, STYPE = int8, FINALFUNC = pg_catalog.int4);
CREATE AGGREGATE tsql.sum(int2) (SFUNC = int2_sum, STYPE = int8, FINALFUNC = pg_catalog.int4);
CREATE FUNCTION tsql.add_bigint(a int8, b int8) RETURNS int8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce(a + b, a, b) $$;
CREATE AGGREGATE tsql.sum(int8) (SFUNC = tsql.add_bigint, STYPE = int8);
CREATE FUNCTION tsql.add_numeric(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce(a + b, a, b) $$;
CREATE AGGREGATE tsql.sum(numeric) (SFUNC = tsql.add_numeric, STYPE = numeric);
CREATE FUNCTION tsql.add_float(a float8, b float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce(a + b, a, b) $$;
CREATE AGGREGATE tsql.sum(float8) (SFUNC = tsql.add_float, STYPE = float8);

-- Texts are counted in UTF-16, as nvarchar is.
CREATE FUNCTION tsql.units(x text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT length(x) + length(regexp_replace(x COLLATE "C", '[^\U00010000-\U0010FFFF]', '', 'g')) $$;
CREATE FUNCTION tsql.len(x text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT tsql.units(rtrim(x, ' ')) $$;
CREATE FUNCTION tsql.len(x int8) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT length(x::text) $$;
CREATE FUNCTION tsql.len(x bytea) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT length(x) $$;
CREATE FUNCTION tsql.datalength(x text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 2 * tsql.units(x) $$;
CREATE FUNCTION tsql.datalength(x bytea) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT length(x) $$;
CREATE FUNCTION tsql.datalength(x tsql.lob) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT tsql.datalength(x::text) $$;
CREATE FUNCTION tsql.datalength(x tsql.image) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT length(x::bytea) $$;
CREATE FUNCTION tsql.datalength(x int4) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN x IS NOT NULL THEN 4 END $$;
CREATE FUNCTION tsql.datalength(x int8) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN x IS NOT NULL THEN 8 END $$;

CREATE FUNCTION tsql.round(x numeric, n int) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_catalog.round(x, n) $$;
CREATE FUNCTION tsql.round(x float8, n int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_catalog.round(x::numeric, n)::float8 $$;
CREATE FUNCTION tsql.round(x int4, n int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_catalog.int4(pg_catalog.round(x::numeric, n)) $$;

CREATE FUNCTION tsql.getdate() RETURNS timestamp(3) LANGUAGE sql STABLE AS $$ SELECT tsql.thirds(statement_timestamp() AT TIME ZONE 'UTC')::timestamp(3) $$;
CREATE FUNCTION tsql.sysdatetime() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT statement_timestamp() AT TIME ZONE 'UTC' $$;
CREATE FUNCTION tsql.datepart(part text, x timestamp) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_catalog.int4(trunc(extract(part FROM x))) $$;
CREATE FUNCTION tsql.dateadd(part text, n int, x timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT x + n * ('1 ' || part)::interval $$;
CREATE FUNCTION tsql.dateadd(part text, n int, x date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (x + n * ('1 ' || part)::interval)::date $$;
CREATE FUNCTION tsql.datediff(part text, a timestamp, b timestamp) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE part WHEN 'year' THEN pg_catalog.int4(extract(year FROM b) - extract(year FROM a))
    WHEN 'month' THEN pg_catalog.int4(12 * (extract(year FROM b) - extract(year FROM a)) + extract(month FROM b) - extract(month FROM a))
    ELSE pg_catalog.int4(extract(epoch FROM date_trunc(part, b) - date_trunc(part, a)) / CASE part WHEN 'day' THEN 86400 WHEN 'hour' THEN 3600 WHEN 'minute' THEN 60 ELSE 1 END) END $$;

CREATE FUNCTION tsql.quotename(x text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT '[' || replace(x, ']', ']]') || ']' $$;
CREATE FUNCTION tsql.serverproperty(x text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE lower(x) WHEN 'productversion' THEN '16.0.0.0' WHEN 'engineedition' THEN '3' WHEN 'productmajorversion' THEN '16'
    WHEN 'collation' THEN 'SQL_Latin1_General_CP1_CI_AS' WHEN 'edition' THEN 'Developer Edition (64-bit)' END $$;

-- Finds a table by its name in quotes or brackets, without regard to case where that is not ambiguous; 0 for none.
CREATE FUNCTION tsql.find(name text) RETURNS oid LANGUAGE plpgsql STABLE AS $$
DECLARE m text[]; t text; s text; r oid; n int;
BEGIN
  m := ARRAY(SELECT coalesce(replace(p[1], ']]', ']'), replace(p[2], '""', '"'), p[3])
             FROM regexp_matches(name COLLATE "C", '(?:\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.\[\]"]*))(?:\.|$)', 'g') AS p);
  -- The pattern also finds the empty end.
  IF m[array_length(m, 1)] = '' THEN m := m[1:array_length(m, 1) - 1]; END IF;
  t := m[array_length(m, 1)];
  s := nullif(m[array_length(m, 1) - 1], '');
  IF left(t, 1) IN ('#', '@') THEN
    SELECT c.oid INTO r FROM pg_class c WHERE c.relname = t COLLATE "C" AND c.relnamespace = pg_my_temp_schema() AND c.relkind = 'r';
    RETURN coalesce(r, 0);
  END IF;
  SELECT c.oid INTO r FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = coalesce(s, 'dbo') COLLATE "C" AND c.relname = t COLLATE "C" AND c.relkind IN ('r', 'v', 'p');
  IF FOUND THEN RETURN r; END IF;
  SELECT min(c.oid::int8)::oid, count(*) INTO r, n FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE lower(n.nspname) = lower(coalesce(s, 'dbo')) COLLATE "C" AND lower(c.relname) = lower(t) COLLATE "C" AND c.relkind IN ('r', 'v', 'p')
      AND n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('tsql', 'information_schema');
  RETURN CASE WHEN n = 1 THEN r ELSE 0 END;
END $$;
-- Called immutable so that a query looks a name up once, when it is planned.
CREATE FUNCTION tsql.object_id(name text, kind text DEFAULT NULL) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE r int; short text := lower(regexp_replace(replace(replace(name, '[', ''), ']', '') COLLATE "C", '^.*\.', ''));
BEGIN
  r := nullif(tsql.find(name)::int8, 0)::int4;
  IF r IS NULL THEN
    SELECT o.object_id INTO r FROM sys.objects o WHERE lower(o.name) = short COLLATE "C" AND o.type NOT IN ('U ', 'V ') LIMIT 1;
  END IF;
  IF kind IS NOT NULL AND NOT EXISTS (SELECT FROM sys.objects o WHERE o.object_id = r AND rtrim(o.type) = upper(rtrim(kind)) COLLATE "C")
    AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r AND c.relpersistence = 't' AND upper(kind) = 'U') THEN RETURN NULL; END IF;
  RETURN r;
END $$;
CREATE FUNCTION tsql.object_name(id int) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT relname::text FROM pg_class WHERE oid = id::oid), (SELECT conname::text FROM pg_constraint WHERE oid = id::oid)) $$;
CREATE FUNCTION tsql.object_schema_name(id int) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = id::oid $$;
CREATE FUNCTION tsql.schema_name(id int) RETURNS text LANGUAGE sql STABLE AS $$ SELECT nspname::text FROM pg_namespace WHERE oid = id::oid $$;
CREATE FUNCTION tsql.schema_id(name text) RETURNS int LANGUAGE sql STABLE AS $$ SELECT oid::int8::int4 FROM pg_namespace WHERE nspname = name COLLATE "C" $$;
CREATE FUNCTION tsql.type_name(id int) RETURNS text LANGUAGE sql STABLE AS $$ SELECT name FROM sys.types WHERE user_type_id = id $$;
CREATE FUNCTION tsql.col_name(id int, place int) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT attname::text FROM pg_attribute WHERE attrelid = id::oid AND attnum = place AND NOT attisdropped $$;
CREATE FUNCTION tsql.has_perms_by_name(name text, class text, permission text) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN tsql.find(name) = 0 THEN NULL WHEN upper(permission) = 'ALTER' THEN 1 WHEN has_table_privilege(tsql.find(name), permission) THEN 1 ELSE 0 END $$;

-- What was written when tables were made.
CREATE TABLE tsql.column_notes (relid oid, attname text, type text, length int, precision int, scale int, collate_name text,
  default_text text, default_name text, computed text, persisted boolean, PRIMARY KEY (relid, attname));
CREATE TABLE tsql.check_notes (relid oid, name text, definition text, column_name text);
CREATE TABLE tsql.synonyms (id int GENERATED ALWAYS AS IDENTITY (START WITH 2000000000), schema_name text, name text, base text);
CREATE TABLE tsql.filter_notes (indexid oid, definition text);
CREATE FUNCTION tsql.note_table(name text, notes json) RETURNS void LANGUAGE sql AS $$
  INSERT INTO tsql.column_notes
    SELECT tsql.find(name), n.* FROM (SELECT e->>'name', e->>'type', (e->>'length')::int, (e->>'precision')::int, (e->>'scale')::int, e->>'collation',
      e->>'default', e->>'defaultName', e->>'computed', (e->>'persisted') = 'true' FROM json_array_elements(notes->'columns') e) n
    ON CONFLICT (relid, attname) DO UPDATE SET default_text = excluded.default_text, default_name = excluded.default_name;
  INSERT INTO tsql.check_notes SELECT tsql.find(name), e->>'name', e->>'text', e->>'column' FROM json_array_elements(notes->'checks') e $$;
CREATE FUNCTION tsql.note_filter(name text, index_name text, filter text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO tsql.filter_notes SELECT indexrelid, '(' || filter || ')' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = tsql.find(name) AND c.relname = index_name COLLATE "C" $$;

-- The columns that an INSERT without a list means.
CREATE FUNCTION tsql.writable_columns(table_name text) RETURNS TABLE (name text) LANGUAGE sql STABLE AS $$
  SELECT attname::text FROM pg_attribute WHERE attrelid = tsql.find(table_name) AND attnum > 0 AND NOT attisdropped
    AND attidentity = '' AND attgenerated = '' ORDER BY attnum $$;

-- After explicit values an identity goes on from the highest.
CREATE FUNCTION tsql.follow_identity(table_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE c text; highest int8; s text; last int8;
BEGIN
  SELECT attname, pg_get_serial_sequence(attrelid::regclass::text, attname) INTO c, s FROM pg_attribute WHERE attrelid = tsql.find(table_name) AND attidentity <> '' AND NOT attisdropped;
  IF c IS NULL THEN RETURN; END IF;
  EXECUTE format('SELECT max(%I) FROM %s', c, tsql.find(table_name)::regclass) INTO highest;
  EXECUTE format('SELECT last_value FROM %s', s) INTO last;
  IF highest > last THEN PERFORM setval(s, highest); END IF;
END $$;

-- A foreign key cannot refer to a key that may defer its check: such a key is made again.
CREATE FUNCTION tsql.pin_keys(table_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE k record;
BEGIN
  FOR k IN SELECT conname, conrelid::regclass AS t, replace(pg_get_constraintdef(oid), ' DEFERRABLE', '') AS def
    FROM pg_constraint WHERE conrelid = tsql.find(table_name) AND contype IN ('p', 'u') AND condeferrable LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', k.t, k.conname, k.conname, k.def);
  END LOOP;
END $$;

CREATE FUNCTION tsql.drop_index(table_name text, index_name text, missing_ok boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE i oid := (SELECT indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = tsql.find(table_name) AND c.relname = index_name COLLATE "C");
BEGIN
  IF i IS NULL THEN
    IF missing_ok THEN RETURN; END IF;
    PERFORM tsql.fail(3701, 'Cannot drop the index ''' || index_name || ''', because it does not exist or you do not have permission.');
  END IF;
  EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'tsql_ignore ' || index_name, tsql.find(table_name)::regclass);
  IF EXISTS (SELECT FROM pg_constraint WHERE conindid = i) THEN
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', tsql.find(table_name)::regclass, index_name);
  ELSE
    EXECUTE format('DROP INDEX %s', i::regclass);
  END IF;
END $$;
CREATE FUNCTION tsql.drop_trigger(trigger_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record; n text := regexp_replace(replace(trigger_name, '"', '') COLLATE "C", '^.*\.', '');
BEGIN
  FOR t IN SELECT tgname, tgrelid::regclass AS r, tgfoid::regproc AS f FROM pg_trigger WHERE regexp_replace(tgname::text COLLATE "C", ' [A-Z]+$', '') = n COLLATE "C" LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.r);
    EXECUTE format('DROP FUNCTION %s', t.f);
  END LOOP;
END $$;

-- rowversion: filled by the server, written by nobody.
CREATE SEQUENCE tsql.rowversions START 2001;
CREATE FUNCTION tsql.rowversion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c text := TG_ARGV[0];
BEGIN
  IF TG_OP = 'INSERT' AND to_jsonb(NEW)->>c IS NOT NULL THEN
    PERFORM tsql.fail(273, 'Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.');
  ELSIF TG_OP = 'UPDATE' AND to_jsonb(NEW)->>c IS DISTINCT FROM to_jsonb(OLD)->>c THEN
    PERFORM tsql.fail(272, 'Cannot update a timestamp column.');
  END IF;
  RETURN jsonb_populate_record(NEW, jsonb_build_object(c, '\x' || lpad(to_hex(nextval('tsql.rowversions')), 16, '0')));
END $$;

-- IGNORE_DUP_KEY: an INSERT drops the rows whose key is there, of the table's or of its own before them; a MERGE does not heed it.
CREATE FUNCTION tsql.ignore_duplicates(table_name text, index_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE r regclass := tsql.find(table_name)::regclass;
  i oid := (SELECT indexrelid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid WHERE x.indrelid = r AND c.relname = index_name COLLATE "C");
BEGIN
  EXECUTE format('COMMENT ON INDEX %s IS %L', i::regclass, 'IGNORE_DUP_KEY');
  EXECUTE format('CREATE TRIGGER %I BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION tsql.ignore_duplicate(%s)', 'tsql_ignore ' || index_name, r,
    (SELECT string_agg(quote_literal(a.attname), ', ') FROM pg_index x JOIN pg_attribute a ON a.attrelid = r AND a.attnum = ANY (x.indkey::int2[]) WHERE x.indexrelid = i));
END $$;
CREATE FUNCTION tsql.ignore_duplicate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE met boolean;
BEGIN
  IF current_query() COLLATE "C" ~ '(^|; )MERGE INTO ' THEN RETURN NEW; END IF;
  EXECUTE format('SELECT EXISTS (SELECT FROM %s AS t WHERE %s)', TG_RELID::regclass,
    (SELECT string_agg(format('t.%1$I IS NOT DISTINCT FROM ($1).%1$I', c), ' AND ') FROM unnest(TG_ARGV) AS c)) INTO met USING NEW;
  IF met THEN RETURN NULL; END IF;
  RETURN NEW;
END $$;

-- A table's triggers do nothing while they are silenced; so they do while they run, as they do not call themselves.
CREATE FUNCTION tsql.silence_triggers(table_name text, silent boolean) RETURNS void LANGUAGE sql AS $$
  SELECT set_config('tsql.inside_' || encode(convert_to(name, 'UTF8'), 'hex'), CASE WHEN silent THEN '1' ELSE '' END, true)
  FROM sys.triggers WHERE parent_id = tsql.find(table_name)::int8::int4 $$;

-- OUTPUT without INTO is refused where a trigger would write too.
CREATE FUNCTION tsql.refuse_output(table_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM sys.triggers WHERE parent_id = tsql.find(table_name)::int8::int4) THEN
    PERFORM tsql.fail(334, 'The target table ''' || replace(table_name, '"', '') || ''' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.');
  END IF;
END $$;

-- Empties the database to how it was made.
CREATE FUNCTION tsql.reset() RETURNS void LANGUAGE plpgsql AS $$
DECLARE s text;
BEGIN
  FOR s IN SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('tsql', 'sys', 'information_schema', 'public', 'dbo') AND nspname NOT LIKE 'pg\_%' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', s);
  END LOOP;
  IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'dbo'::regnamespace) OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'dbo'::regnamespace) THEN
    DROP SCHEMA dbo CASCADE;
    CREATE SCHEMA dbo;
  END IF;
  DELETE FROM tsql.column_notes;
  DELETE FROM tsql.check_notes;
  DELETE FROM tsql.filter_notes;
  DELETE FROM tsql.synonyms;
END $$;
