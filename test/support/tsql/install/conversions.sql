-- Conversions as SQL Server does them: tsql.try_X(value) gives NULL where tsql.to_X(value) raises the server's error.
-- Regular expressions do not work with the case-insensitive collation, therefore COLLATE "C".

CREATE FUNCTION tsql.fail(number int, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'TSQLE', MESSAGE = message, DETAIL = number; END $$;

CREATE DOMAIN tsql.tinyint AS smallint CONSTRAINT tinyint_range CHECK (VALUE BETWEEN 0 AND 255);

-- No conversion of a text to what is no text takes more than 4,000 characters of it: not even TRY_CONVERT makes it NULL.
CREATE FUNCTION tsql.refuse_long(x text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF tsql.units(x) > 4000 THEN
    PERFORM tsql.fail(8152, 'String or binary data would be truncated.');
  END IF;
  RETURN x;
END $$;
CREATE FUNCTION tsql.short(x text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN pg_catalog.octet_length(x) <= 4000 THEN x ELSE tsql.refuse_long(x) END $$;

-- text, ntext and image: they hold and convert what text and bytea do, and cannot be compared.
DO $do$
DECLARE t record; s text;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('lob', 'text', true), ('image', 'bytea', false)) AS v(name, like_type, collatable) LOOP
    EXECUTE format('CREATE TYPE tsql.%I', t.name);
    EXECUTE format('CREATE FUNCTION tsql.%s_in(cstring) RETURNS tsql.%I LANGUAGE internal IMMUTABLE STRICT AS %L', t.name, t.name, t.like_type || 'in');
    EXECUTE format('CREATE FUNCTION tsql.%s_out(tsql.%I) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS %L', t.name, t.name, t.like_type || 'out');
    EXECUTE format('CREATE TYPE tsql.%I (INPUT = tsql.%s_in, OUTPUT = tsql.%s_out, LIKE = %s, COLLATABLE = %L)', t.name, t.name, t.name, t.like_type, t.collatable::text);
    FOREACH s IN ARRAY CASE WHEN t.collatable THEN ARRAY['text', 'varchar', 'bpchar'] ELSE ARRAY['bytea'] END LOOP
      EXECUTE format('CREATE CAST (%s AS tsql.%I) WITHOUT FUNCTION AS ASSIGNMENT', s, t.name);
      EXECUTE format('CREATE CAST (tsql.%I AS %s) WITHOUT FUNCTION AS ASSIGNMENT', t.name, s);
    END LOOP;
  END LOOP;
END $do$;

-- Text that is a number: '' is 0 where `blank` says so.
CREATE FUNCTION tsql.try_number(x text, pattern text, blank boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN b = '' THEN CASE WHEN blank AND x IS NOT NULL THEN 0::numeric END
              WHEN b ~ (pattern COLLATE "C") THEN numeric_in(textout(b), 0, -1) END
  FROM (SELECT btrim(tsql.short(x), ' ') COLLATE "C") AS v(b) $$;

-- The integer types, of texts and of numbers.
DO $do$
DECLARE t record; s text;
BEGIN
  FOR t IN SELECT * FROM (VALUES
    ('int', 'int4', '-2147483648', '2147483647', 245, 248, 'an int column.'),
    ('bigint', 'int8', '-9223372036854775808', '9223372036854775807', 8114, 8115, ''),
    ('smallint', 'int2', '-32768', '32767', 245, 244, 'an INT2 column. Use a larger integer column.'),
    ('tinyint', 'int2', '0', '255', 245, 244, 'an INT1 column. Use a larger integer column.')
  ) AS v(name, pg, low, high, wrong, over, what) LOOP
    EXECUTE format($f$
      CREATE FUNCTION tsql.try_%1$s(x text) RETURNS %2$s LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN n BETWEEN %3$s AND %4$s THEN pg_catalog.%2$s(n) END
        FROM (SELECT tsql.try_number(x, '^[+-]?[0-9]+$', true)) AS v(n) $$;
      CREATE FUNCTION tsql.to_%1$s(x text) RETURNS %2$s LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE r %2$s := tsql.try_%1$s(x);
        BEGIN
          IF r IS NULL AND x IS NOT NULL THEN
            IF tsql.try_number(x, '^[+-]?[0-9]+$', true) IS NOT NULL THEN
              PERFORM tsql.fail(%6$s, CASE WHEN %6$s = 8115 THEN 'Arithmetic overflow error converting expression to data type %1$s.'
                ELSE 'The conversion of the nvarchar value ''' || x || ''' overflowed %7$s' END);
            END IF;
            PERFORM tsql.fail(%5$s, CASE WHEN %5$s = 8114 THEN 'Error converting data type nvarchar to %1$s.'
              ELSE 'Conversion failed when converting the nvarchar value ''' || x || ''' to data type %1$s.' END);
          END IF;
          RETURN r;
        END $$;
      CREATE FUNCTION tsql.try_%1$s(x boolean) RETURNS %2$s LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (CASE WHEN x THEN 1 WHEN NOT x THEN 0 END)::%2$s $$;
      CREATE FUNCTION tsql.to_%1$s(x boolean) RETURNS %2$s LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (CASE WHEN x THEN 1 WHEN NOT x THEN 0 END)::%2$s $$;
    $f$, t.name, t.pg, t.low, t.high, t.wrong, t.over, t.what);
    FOREACH s IN ARRAY ARRAY['int4', 'int8', 'numeric', 'float8'] LOOP
      EXECUTE format($f$
        CREATE FUNCTION tsql.try_%1$s(x %5$s) RETURNS %2$s LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
          SELECT CASE WHEN trunc(x::numeric) BETWEEN %3$s AND %4$s THEN pg_catalog.%2$s(trunc(x::numeric)) END $$;
        CREATE FUNCTION tsql.to_%1$s(x %5$s) RETURNS %2$s LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
          BEGIN
            IF NOT trunc(x::numeric) BETWEEN %3$s AND %4$s THEN
              PERFORM tsql.fail(8115, 'Arithmetic overflow error converting expression to data type %1$s.');
            END IF;
            RETURN pg_catalog.%2$s(trunc(x::numeric));
          END $$;
      $f$, t.name, t.pg, t.low, t.high, s);
    END LOOP;
  END LOOP;
END $do$;

-- decimal(p, s)
CREATE FUNCTION tsql.fit(x numeric, p int, s int) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN abs(round(x, s)) < (10::numeric ^ (p - s)) THEN round(x, s) END $$;
CREATE FUNCTION tsql.try_numeric(x text, p int, s int) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT tsql.fit(tsql.try_number(x, '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$', false), p, s) $$;
CREATE FUNCTION tsql.to_numeric(x text, p int, s int) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE r numeric := tsql.try_numeric(x, p, s);
BEGIN
  IF r IS NULL AND x IS NOT NULL THEN
    IF tsql.try_number(x, '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$', false) IS NOT NULL THEN
      PERFORM tsql.fail(8115, 'Arithmetic overflow error converting nvarchar to data type numeric.');
    END IF;
    PERFORM tsql.fail(8114, 'Error converting data type nvarchar to numeric.');
  END IF;
  RETURN r;
END $$;
CREATE FUNCTION tsql.to_numeric(x text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE r numeric := tsql.try_number(x, '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$', false);
BEGIN
  IF r IS NULL AND x IS NOT NULL THEN PERFORM tsql.fail(8114, 'Error converting data type nvarchar to numeric.'); END IF;
  RETURN r;
END $$;

-- float, real, money and bit of texts
CREATE FUNCTION tsql.try_float(x text) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN b = '' AND x IS NOT NULL THEN 0::float8
              WHEN b ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$' AND pg_input_is_valid(b, 'float8') THEN float8in(textout(b)) END
  FROM (SELECT btrim(tsql.short(x), ' ') COLLATE "C") AS v(b) $$;
CREATE FUNCTION tsql.try_real(x text) RETURNS float4 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN tsql.try_float(x) IS NOT NULL AND (btrim(x, ' ') = '' OR pg_input_is_valid(x, 'float4')) THEN tsql.try_float(x)::float4 END $$;
CREATE FUNCTION tsql.try_money(x text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT tsql.fit(tsql.try_number(replace(regexp_replace(tsql.short(x) COLLATE "C", '^( *[+-]?) *[$€£¥]', '\1'), ',', ''),
    '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$', true), 19, 4) $$;
CREATE FUNCTION tsql.try_smallmoney(x text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT tsql.fit(tsql.try_money(x), 10, 4) $$;
CREATE FUNCTION tsql.try_bit(x text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN b = 'true' THEN true WHEN b = 'false' THEN false
              ELSE tsql.try_number(b, '^[+-]?[0-9]+$', true) <> 0 END
  FROM (SELECT lower(btrim(tsql.short(x), ' ') COLLATE "C")) AS v(b) $$;

-- date and time
-- The text in ISO form with its offset, or NULL when it is none; a time alone is of 1900-01-01.
CREATE FUNCTION tsql.iso(x text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE b text := btrim(tsql.short(x), ' ') COLLATE "C"; m text[]; r text;
BEGIN
  IF b = '' THEN RETURN '1900-01-01 00:00:00+00:00'; END IF;
  m := regexp_match(b COLLATE "C", '^(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})(\d\d)(\d\d))?(?:(^|[T ] *)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.](\d{1,7}))?)?)? *(Z|[+-]\d\d:\d\d)?$');
  IF m IS NULL THEN RETURN NULL; END IF;
  r := coalesce(m[1], m[4], '1900') || '-' || lpad(coalesce(m[2], m[5], '1'), 2, '0') || '-' || lpad(coalesce(m[3], m[6], '1'), 2, '0')
    || ' ' || lpad(coalesce(m[8], '0'), 2, '0') || ':' || coalesce(m[9], '00') || ':' || coalesce(m[10], '00')
    || coalesce('.' || m[11], '') || CASE WHEN m[12] IS NULL OR m[12] = 'Z' THEN '+00:00' ELSE m[12] END;
  IF coalesce(m[8], '0')::int > 23 OR coalesce(m[9], '0')::int > 59 OR coalesce(m[10], '0')::int > 59 THEN RETURN NULL; END IF;
  IF left(r, 4) = '0000' OR NOT pg_input_is_valid(r, 'timestamptz') THEN RETURN NULL; END IF;
  RETURN r;
END $$;
CREATE FUNCTION tsql.try_datetime2(x text) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT timestamp_in(textout(left(r, -6)), 0, -1) FROM (SELECT tsql.iso(x)) AS v(r) $$;
CREATE FUNCTION tsql.try_date(x text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT date_in(textout(left(tsql.iso(x), 10))) $$;
CREATE FUNCTION tsql.try_time(x text) RETURNS time LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT tsql.try_datetime2(x)::time $$;
CREATE FUNCTION tsql.try_datetimeoffset(x text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT timestamptz_in(textout(r), 0, -1) FROM (SELECT tsql.iso(x)) AS v(r) $$;
-- Every third of a hundredth of a second, as datetime counts.
CREATE FUNCTION tsql.thirds(x timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT date_trunc('second', x) + make_interval(secs => round(round(extract(microseconds FROM x) % 1000000 * 3 / 10000) / 300.0, 3)::float8) $$;
CREATE FUNCTION tsql.try_datetime(x timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN x >= timestamp '1753-01-01' THEN tsql.thirds(x) END $$;
CREATE FUNCTION tsql.try_datetime(x text) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN x COLLATE "C" !~ '([.]\d{4,}|[+-]\d\d:\d\d *)$' THEN tsql.try_datetime(tsql.try_datetime2(x)) END $$;
CREATE FUNCTION tsql.try_smalldatetime(x timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN x >= timestamp '1900-01-01' AND x < timestamp '2079-06-07' THEN date_trunc('minute', x + interval '30.001 seconds') END $$;
CREATE FUNCTION tsql.try_smalldatetime(x text) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT tsql.try_smalldatetime(tsql.try_datetime(x)) $$;

-- uniqueidentifier: what follows the 36 characters is not looked at.
CREATE FUNCTION tsql.try_uuid(x text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN u ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN uuid_in(textout(u)) END
  FROM (SELECT left(CASE WHEN tsql.short(x) COLLATE "C" ~ '^[{].{36}[}]' THEN substr(x, 2) ELSE x END, 36) COLLATE "C") AS v(u) $$;

-- The functions that raise, made of those that try.
DO $do$
DECLARE t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
    ('float', 'float8', 'text', 8114, 'Error converting data type nvarchar to float.'),
    ('real', 'float4', 'text', 8114, 'Error converting data type nvarchar to real.'),
    ('money', 'numeric', 'text', 235, 'Cannot convert a char value to money. The value has incorrect syntax.'),
    ('smallmoney', 'numeric', 'text', 235, 'Cannot convert a char value to money. The value has incorrect syntax.'),
    ('date', 'date', 'text', 241, 'Conversion failed when converting date and/or time from character string.'),
    ('time', 'time', 'text', 241, 'Conversion failed when converting date and/or time from character string.'),
    ('datetime2', 'timestamp', 'text', 241, 'Conversion failed when converting date and/or time from character string.'),
    ('datetimeoffset', 'timestamptz', 'text', 241, 'Conversion failed when converting date and/or time from character string.'),
    ('datetime', 'timestamp', 'timestamp', 242, 'The conversion of a datetime2 data type to a datetime data type resulted in an out-of-range value.'),
    ('smalldatetime', 'timestamp', 'timestamp', 242, 'The conversion of a datetime2 data type to a smalldatetime data type resulted in an out-of-range value.'),
    ('uuid', 'uuid', 'text', 8169, 'Conversion failed when converting from a character string to uniqueidentifier.')
  ) AS v(name, pg, source, number, message) LOOP
    EXECUTE format($f$
      CREATE FUNCTION tsql.to_%1$s(x %3$s) RETURNS %2$s LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE r %2$s := tsql.try_%1$s(x);
        BEGIN
          IF r IS NULL AND x IS NOT NULL THEN PERFORM tsql.fail(%4$s, %5$L); END IF;
          RETURN r;
        END $$ $f$, t.name, t.pg, t.source, t.number, t.message);
  END LOOP;
  FOR t IN SELECT * FROM (VALUES ('datetime'), ('smalldatetime')) AS v(name) LOOP
    EXECUTE format($f$
      CREATE FUNCTION tsql.to_%1$s(x text) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE r timestamp := tsql.try_%1$s(x);
        BEGIN
          IF r IS NULL AND x IS NOT NULL THEN
            IF x COLLATE "C" ~ '^ *\d{4}[-/.]?\d\d?[-/.]?\d\d?( |T|$)' AND x COLLATE "C" !~ '[.]\d{4,} *$' THEN
              PERFORM tsql.fail(242, 'The conversion of a nvarchar data type to a %1$s data type resulted in an out-of-range value.');
            END IF;
            PERFORM tsql.fail(241, 'Conversion failed when converting date and/or time from character string.');
          END IF;
          RETURN r;
        END $$ $f$, t.name);
  END LOOP;
END $do$;
CREATE FUNCTION tsql.to_bit(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE r boolean := tsql.try_bit(x);
BEGIN
  IF r IS NULL AND x IS NOT NULL THEN
    PERFORM tsql.fail(245, 'Conversion failed when converting the nvarchar value ''' || x || ''' to data type bit.');
  END IF;
  RETURN r;
END $$;

-- Conversions between types that are not text: those that cannot fail, or fail as PostgreSQL's do.
DO $do$
DECLARE t record; k text;
BEGIN
  FOREACH k IN ARRAY ARRAY['try', 'to'] LOOP
    FOR t IN SELECT * FROM (VALUES
      ('float', 'int4', 'float8', 'x::float8'), ('float', 'int8', 'float8', 'x::float8'), ('float', 'numeric', 'float8', 'x::float8'), ('float', 'float8', 'float8', 'x'),
      ('real', 'int4', 'float4', 'x::float4'), ('real', 'int8', 'float4', 'x::float4'), ('real', 'numeric', 'float4', 'x::float4'), ('real', 'float8', 'float4', 'x::float4'),
      ('money', 'int4', 'numeric', 'x::numeric'), ('money', 'int8', 'numeric', 'x::numeric'), ('money', 'numeric', 'numeric', 'x'), ('money', 'float8', 'numeric', 'x::numeric'),
      ('smallmoney', 'int4', 'numeric', 'x::numeric'), ('smallmoney', 'numeric', 'numeric', 'x'), ('smallmoney', 'float8', 'numeric', 'x::numeric'),
      ('bit', 'boolean', 'boolean', 'x'), ('bit', 'int4', 'boolean', 'x <> 0'), ('bit', 'int8', 'boolean', 'x <> 0'), ('bit', 'numeric', 'boolean', 'x <> 0'), ('bit', 'float8', 'boolean', 'x <> 0'),
      ('date', 'date', 'date', 'x'), ('date', 'timestamp', 'date', 'x::date'), ('date', 'timestamptz', 'date', '(x AT TIME ZONE ''UTC'')::date'),
      ('datetime2', 'date', 'timestamp', 'x::timestamp'), ('datetime2', 'timestamp', 'timestamp', 'x'), ('datetime2', 'timestamptz', 'timestamp', 'x AT TIME ZONE ''UTC'''),
      ('datetimeoffset', 'date', 'timestamptz', 'x::timestamp AT TIME ZONE ''UTC'''), ('datetimeoffset', 'timestamp', 'timestamptz', 'x AT TIME ZONE ''UTC'''), ('datetimeoffset', 'timestamptz', 'timestamptz', 'x'),
      ('time', 'time', 'time', 'x'), ('time', 'timestamp', 'time', 'x::time'),
      ('uuid', 'uuid', 'uuid', 'x')
    ) AS v(name, source, pg, expression) LOOP
      EXECUTE format('CREATE FUNCTION tsql.%s_%s(x %s) RETURNS %s LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT %s $$', k, t.name, t.source, t.pg, t.expression);
    END LOOP;
    FOR t IN SELECT * FROM (VALUES ('datetime'), ('smalldatetime')) AS v(name) LOOP
      EXECUTE format('CREATE FUNCTION tsql.%1$s_%2$s(x date) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT tsql.%1$s_%2$s(x::timestamp) $$', k, t.name);
    END LOOP;
    FOREACH t.name IN ARRAY ARRAY['int4', 'int8', 'numeric', 'float8', 'boolean'] LOOP
      EXECUTE format('CREATE FUNCTION tsql.%s_numeric(x %s, p int, s int) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT %s $$',
        k, t.name, CASE WHEN k = 'try' THEN 'tsql.fit(' ELSE '(' END || CASE WHEN t.name = 'boolean' THEN 'x::int::numeric' ELSE 'x::numeric' END || CASE WHEN k = 'try' THEN ', p, s)' ELSE ')' END);
    END LOOP;
  END LOOP;
END $do$;

-- To text. Seven digits where PostgreSQL has six.
CREATE FUNCTION tsql.seven(x text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT rpad(CASE WHEN strpos(x, '.') = 0 THEN x || '.' ELSE x END, 27, '0') $$;
DO $do$
DECLARE t record; k text;
BEGIN
  FOREACH k IN ARRAY ARRAY['try', 'to'] LOOP
    FOR t IN SELECT * FROM (VALUES
      ('text', 'x'), ('tsql.lob', '(x)::text'), ('int4', '(x)::text'), ('int8', '(x)::text'), ('numeric', '(x)::text'),
      ('float8', '(x)::text'), ('float4', '(x)::text'),
      ('boolean', 'CASE WHEN x THEN ''1'' WHEN NOT x THEN ''0'' END'),
      ('date', 'to_char(x, CASE WHEN style = 112 THEN ''YYYYMMDD'' ELSE ''YYYY-MM-DD'' END)'),
      ('timestamp', 'CASE style WHEN 112 THEN to_char(x, ''YYYYMMDD'') WHEN 126 THEN replace(to_char(x, ''YYYY-MM-DD HH24:MI:SS'') || substr(tsql.seven((x)::text), 20), '' '', ''T'') WHEN 23 THEN to_char(x, ''YYYY-MM-DD'') ELSE tsql.seven((x)::text) END'),
      ('timestamptz', 'tsql.seven((x AT TIME ZONE ''UTC'')::text) || '' +00:00'''),
      ('time', 'rpad(CASE WHEN strpos((x)::text, ''.'') = 0 THEN (x)::text || ''.'' ELSE (x)::text END, 16, ''0'')'),
      ('uuid', 'upper((x)::text)'),
      ('bytea', 'CASE style WHEN 1 THEN ''0x'' || upper(encode(x, ''hex'')) WHEN 2 THEN upper(encode(x, ''hex'')) ELSE convert_from(x, ''UTF8'') END')
    ) AS v(source, expression) LOOP
      EXECUTE format('CREATE FUNCTION tsql.%s_text(x %s, style int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT %s $$', k, t.source, t.expression);
    END LOOP;
  END LOOP;
END $do$;

-- To binary: with style 1 and 2 the text is hexadecimal, else its bytes. Values are cut at the length, binary(n) is filled.
CREATE FUNCTION tsql.pad(x bytea, n int, filled boolean) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN n < 0 THEN x WHEN length(x) > n THEN substr(x, 1, n)
              WHEN filled THEN x || decode(repeat('00', n - length(x)), 'hex') ELSE x END $$;
CREATE FUNCTION tsql.try_binary(x text, style int, n int, filled boolean) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT tsql.pad(CASE WHEN style = 0 THEN convert_to(x, 'UTF8')
    WHEN style = 1 AND x COLLATE "C" ~ '^0[xX]([0-9a-fA-F]{2})*$' THEN decode(substr(x, 3), 'hex')
    WHEN style = 2 AND x COLLATE "C" ~ '^([0-9a-fA-F]{2})*$' THEN decode(x, 'hex') END, n, filled) $$;
CREATE FUNCTION tsql.to_binary(x text, style int, n int, filled boolean) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE r bytea := tsql.try_binary(x, style, n, filled);
BEGIN
  IF r IS NULL AND x IS NOT NULL THEN PERFORM tsql.fail(8114, 'Error converting data type nvarchar to varbinary.'); END IF;
  RETURN r;
END $$;
DO $do$
DECLARE t record; k text;
BEGIN
  FOREACH k IN ARRAY ARRAY['try', 'to'] LOOP
    FOR t IN SELECT * FROM (VALUES ('bytea', 'x'), ('tsql.image', '(x)::bytea'), ('int4', 'int4send(x)'), ('int8', 'int8send(x)'), ('uuid', 'uuid_send(x)')) AS v(source, expression) LOOP
      EXECUTE format('CREATE FUNCTION tsql.%s_binary(x %s, style int, n int, filled boolean) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT tsql.pad(%s, n, filled) $$', k, t.source, t.expression);
    END LOOP;
  END LOOP;
END $do$;

-- What assignment converts by itself: texts to everything but binary, numbers to bit; integers are cut, not rounded.
DO $do$
DECLARE t record; s text;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('int4', 'int'), ('int8', 'bigint'), ('int2', 'smallint'), ('numeric', 'numeric'), ('float8', 'float'), ('float4', 'real'),
    ('bool', 'bit'), ('date', 'date'), ('timestamp', 'datetime2'), ('timestamptz', 'datetimeoffset'), ('time', 'time'), ('uuid', 'uuid')) AS v(pg, name) LOOP
    FOREACH s IN ARRAY ARRAY['text', 'varchar'] LOOP
      EXECUTE format('CREATE CAST (%s AS %s) WITH FUNCTION tsql.to_%s(text) AS ASSIGNMENT', s, t.pg, t.name);
    END LOOP;
  END LOOP;
  FOREACH s IN ARRAY ARRAY['int8', 'numeric', 'float8'] LOOP
    EXECUTE format('CREATE CAST (%s AS bool) WITH FUNCTION tsql.to_bit(%s) AS ASSIGNMENT', s, s);
  END LOOP;
END $do$;
SET allow_system_table_mods = on;
UPDATE pg_cast SET castcontext = 'a' WHERE castsource = 'int4'::regtype AND casttarget = 'bool'::regtype;
UPDATE pg_cast SET castfunc = 'tsql.to_int(numeric)'::regprocedure WHERE castsource = 'numeric'::regtype AND casttarget = 'int4'::regtype;
UPDATE pg_cast SET castfunc = 'tsql.to_bigint(numeric)'::regprocedure WHERE castsource = 'numeric'::regtype AND casttarget = 'int8'::regtype;
RESET allow_system_table_mods;
