-- Where the trace that a run belongs to began, as W3C Trace Context writes it. Null where nothing was traced.
ALTER TABLE workflow_runs ADD COLUMN traceparent text;
