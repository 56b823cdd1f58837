-- JSON, JavaScript and PostgreSQL agree on times of the years 0001 to 9999 in UTC alone. A key that expires later keeps its meaning:
-- the last moment there is.
SELECT app.for_each_tenant($$
  UPDATE api_keys SET expires_at = '9999-12-31 23:59:59.999+00' WHERE expires_at > '9999-12-31 23:59:59.999+00'
$$);

ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_expires_at_check"
  CHECK ("expires_at" BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00');
