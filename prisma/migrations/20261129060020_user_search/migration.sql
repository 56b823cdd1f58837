-- What people search for, of several columns, in lower case and a line each: a word of a search has no line break, so none is found
-- across two of them. Row level security keeps searches inside of texts away from indexes; so they read one short column instead.
CREATE FUNCTION app.search_text(VARIADIC texts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT pg_catalog.lower(pg_catalog.array_to_string(texts, E'\n')) $$;
GRANT EXECUTE ON FUNCTION app.search_text(text[]) TO tenantry_app, tenantry_platform;

-- AlterTable
ALTER TABLE "users" ADD COLUMN "search_text" TEXT NOT NULL
  GENERATED ALWAYS AS (app.search_text("username", "email", "first_name", "last_name", "display_name")) STORED;
