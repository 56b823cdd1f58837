-- The functions through which the application's roles use graphile-worker's tables.
-- Runs as tenantry_worker after graphile-worker's own migrations into schema "jobs"; run again, it changes nothing.
-- "_private_*" are tables of exactly the pinned version of graphile-worker.

-- Two concurrent executions would replace the same functions.
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('tenantry:queue', 0));

-- Task names that tenants may enqueue, and those of the platform. The migration step adds the names that manifests declare,
-- and never removes any, because an older process may still use them.
CREATE TABLE IF NOT EXISTS jobs.tenant_tasks (name text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS jobs.platform_tasks (name text PRIMARY KEY);

-- Locked jobs are looked up every few seconds; this index keeps that independent of the backlog.
CREATE INDEX IF NOT EXISTS jobs_locked_by_idx ON jobs._private_jobs (locked_by) WHERE locked_by IS NOT NULL;

-- Shared by both enqueue functions. Payload: {"tenantId": …, "data": …}; job keys and queue names are prefixed by tenant or platform.
CREATE OR REPLACE FUNCTION jobs.enqueue_as(prefix text, envelope jsonb, task text, payload json, run_at timestamptz, job_key text,
                                           queue_name text, max_attempts integer, flags text[])
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF octet_length(payload::text) > 262144 THEN
    RAISE EXCEPTION 'the payload of a job may have 256 KiB' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  IF length(job_key) > 400 OR length(queue_name) > 80 THEN
    RAISE EXCEPTION 'a job key may have 400 characters, a queue name 80' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM jobs.add_job(
    identifier => enqueue_as.task,
    payload => (envelope || jsonb_build_object('data', coalesce(enqueue_as.payload::jsonb, '{}'::jsonb)))::json,
    queue_name => prefix || enqueue_as.queue_name,
    run_at => enqueue_as.run_at,
    -- Ten attempts with graphile-worker's back-off take about ten hours.
    max_attempts => least(greatest(coalesce(enqueue_as.max_attempts, 10), 1), 25),
    job_key => prefix || enqueue_as.job_key,
    flags => enqueue_as.flags);
END $$;

-- Enqueues a job of the transaction's tenant. The caller cannot choose the tenant, nor a task that is not listed.
-- The flag lets a worker pass over the jobs of a tenant that already has its share of it.
CREATE OR REPLACE FUNCTION jobs.enqueue(task text, payload json, run_at timestamptz DEFAULT NULL, job_key text DEFAULT NULL,
                                        queue_name text DEFAULT NULL, max_attempts integer DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenant text := app.tenant_id()::text;
BEGIN
  IF tenant IS NULL THEN
    RAISE EXCEPTION 'no tenant to enqueue a job for' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM jobs.tenant_tasks listed WHERE listed.name = enqueue.task) THEN
    RAISE EXCEPTION '% is not a task of tenants', task
      USING ERRCODE = 'insufficient_privilege', HINT = 'Declare it in a manifest, then run db:migrate:deploy.';
  END IF;
  PERFORM jobs.enqueue_as('t:' || tenant || ':', jsonb_build_object('tenantId', tenant), task, payload, run_at, job_key,
                          queue_name, max_attempts, ARRAY['tenant:' || tenant]);
END $$;

-- Removes a job of the transaction's tenant from the queue. A running job continues, but is not retried.
CREATE OR REPLACE FUNCTION jobs.dequeue(job_key text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenant text := app.tenant_id()::text;
BEGIN
  IF tenant IS NULL THEN
    RAISE EXCEPTION 'no tenant to take a job from' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM jobs.remove_job('t:' || tenant || ':' || dequeue.job_key);
END $$;

-- Enqueues a job without a tenant. Only the platform role may call it.
CREATE OR REPLACE FUNCTION jobs.enqueue_platform(task text, payload json, run_at timestamptz DEFAULT NULL, job_key text DEFAULT NULL,
                                                 queue_name text DEFAULT NULL, max_attempts integer DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM jobs.platform_tasks listed WHERE listed.name = enqueue_platform.task) THEN
    RAISE EXCEPTION '% is not a task of the platform', task
      USING ERRCODE = 'insufficient_privilege', HINT = 'Declare it in a manifest, then run db:migrate:deploy.';
  END IF;
  PERFORM jobs.enqueue_as('p:', '{}'::jsonb, task, payload, run_at, job_key, queue_name, max_attempts, NULL);
END $$;

-- Removes a completed job, if this worker still holds it.
CREATE OR REPLACE FUNCTION jobs.complete(job_id bigint, worker_id text) RETURNS void LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$
  WITH completed AS (
    DELETE FROM jobs._private_jobs WHERE id = job_id AND locked_by = worker_id RETURNING job_queue_id
  )
  UPDATE jobs._private_job_queues queue SET locked_by = NULL, locked_at = NULL
    FROM completed WHERE queue.id = completed.job_queue_id AND queue.locked_by = worker_id
$$;

-- Postpones a running job without counting the attempt. Returns false if this attempt no longer holds it: another process unlocked
-- it, or a newer job with the same key replaced it.
CREATE OR REPLACE FUNCTION jobs.postpone(job_id bigint, worker_id text, attempt integer, delay_ms bigint)
  RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH postponed AS (
    UPDATE jobs._private_jobs SET locked_by = NULL, locked_at = NULL, attempts = attempts - 1, updated_at = now(),
        run_at = now() + delay_ms * interval '1 millisecond'
      WHERE id = job_id AND locked_by = worker_id AND attempts = attempt
      RETURNING job_queue_id
  ), released AS (
    UPDATE jobs._private_job_queues queue SET locked_by = NULL, locked_at = NULL
      FROM postponed WHERE queue.id = postponed.job_queue_id AND queue.locked_by = worker_id
  )
  SELECT EXISTS (SELECT FROM postponed)
$$;

-- Returns workers that hold jobs or queues although their session, and with it their advisory lock, has ended.
CREATE OR REPLACE FUNCTION jobs.dead_workers() RETURNS SETOF text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT worker FROM (
    SELECT locked_by FROM jobs._private_jobs WHERE locked_by IS NOT NULL
    UNION SELECT locked_by FROM jobs._private_job_queues WHERE locked_by IS NOT NULL
  ) AS holder (worker)
  WHERE NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('tenantry:worker:' || worker, 0))
$$;

-- Returns waiting, running and failed jobs by task. Ages, in seconds, are those of the oldest job that is ready to run.
CREATE OR REPLACE FUNCTION jobs.figures()
  RETURNS TABLE (task text, due bigint, running bigint, given_up bigint, oldest_due_seconds double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.identifier,
         count(*) FILTER (WHERE j.is_available AND j.run_at <= now()),
         count(*) FILTER (WHERE j.locked_at IS NOT NULL),
         count(*) FILTER (WHERE j.locked_at IS NULL AND j.attempts >= j.max_attempts),
         coalesce(extract(epoch FROM now() - min(j.run_at) FILTER (WHERE j.is_available AND j.run_at <= now())), 0)::double precision
    FROM jobs._private_tasks t LEFT JOIN jobs._private_jobs j ON j.task_id = t.id
    GROUP BY t.identifier
$$;

-- Deletes jobs that failed for good before `given_up_before`, then queues without jobs. Returns the number of jobs. The lock prevents
-- a job from being added to a queue that is being deleted. Enqueuing waits for it, so it is tried for a second at most.
CREATE OR REPLACE FUNCTION jobs.clean_up(given_up_before timestamptz) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  removed bigint;
BEGIN
  LOCK TABLE jobs._private_jobs IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM jobs._private_jobs WHERE locked_at IS NULL AND attempts >= max_attempts AND updated_at < given_up_before;
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM jobs._private_job_queues queue
    WHERE locked_at IS NULL AND NOT EXISTS (SELECT FROM jobs._private_jobs j WHERE j.job_queue_id = queue.id);
  RETURN removed;
END $$;

-- Of all functions in the schema, including graphile-worker's, the application may only execute those granted here.
REVOKE ALL ON ALL TABLES IN SCHEMA jobs FROM PUBLIC, tenantry_app, tenantry_platform;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA jobs FROM PUBLIC, tenantry_app, tenantry_platform;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA jobs TO tenantry_app, tenantry_platform;
GRANT EXECUTE ON FUNCTION jobs.enqueue(text, json, timestamptz, text, text, integer) TO tenantry_app, tenantry_platform;
GRANT EXECUTE ON FUNCTION jobs.dequeue(text) TO tenantry_app, tenantry_platform;
GRANT EXECUTE ON FUNCTION jobs.enqueue_platform(text, json, timestamptz, text, text, integer) TO tenantry_platform;
GRANT EXECUTE ON FUNCTION jobs.figures() TO tenantry_platform;
