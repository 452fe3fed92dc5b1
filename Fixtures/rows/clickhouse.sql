-- Facts of cnitriage bundles, schema v1, exported with
--   cnitriage export BUNDLE... --to jsonl=DIR
-- and found at https://example.org/it's.
-- Version 24.8 or newer. Files are read from the server's user_files folder, https://
-- locations through s3(). cluster and dt come out of rows and paths: where ClickHouse takes
-- them from the folders itself, it stumbles over unknown days.
-- Times `*_us` are microseconds since 1970 UTC, with an RFC 3339 text beside them; `*_key` are
-- addresses that sort by number. NULL means "not known".

-- A sample.
CREATE OR REPLACE VIEW `sample` AS
SELECT *, extract(_path, 'dt=([^/]*)') AS dt
FROM s3('https://example.org/it''s/v1/sample/*/*/*.jsonl.zst', 'JSONEachRow',
  '`bundle_id` String,
  `cluster` Nullable(String),
  `node_id` Nullable(String),
  `collected_at` Nullable(String),
  `artifact` String,
  `line` Nullable(Int64),
  `time_us` Nullable(Int64),
  `time` Nullable(String),
  `address` String,
  `address_key` Nullable(String),
  `share` Nullable(Float64)')
SETTINGS use_hive_partitioning = 0;

-- Five examples. Conditions on cluster and dt skip whole folders.

-- Which nodes drop forwarded packets by default?
SELECT "cluster", node_id, backend, packets
FROM iptables_chain
WHERE tbl = 'filter' AND chain = 'FORWARD' AND policy = 'DROP'
ORDER BY packets DESC;

-- How many nodes of each cluster run which version of the CNI?
SELECT "cluster", version, count(DISTINCT node_id) AS nodes
FROM container_image
WHERE container = 'aws-node' AND dt >= '2026-01-01'
GROUP BY "cluster", version
ORDER BY nodes DESC;

-- Which errors of ipamd are new in the fleet, and since when?
SELECT event, count(DISTINCT node_id) AS nodes, min("time") AS first_seen
FROM ipamd_event
WHERE level = 'error'
GROUP BY event
ORDER BY nodes DESC;

-- Which addresses do two nodes hand out at once?
SELECT address_key, min(address) AS an_example, count(DISTINCT node_id) AS nodes
FROM ipam_address
WHERE is_assigned = 1 AND address_key IS NOT NULL
GROUP BY address_key
HAVING count(DISTINCT node_id) > 1
ORDER BY address_key;

-- What could not be gathered, and on how many nodes?
SELECT item, status, count(DISTINCT node_id) AS nodes, min(reason) AS an_example
FROM bundle_item
WHERE status NOT IN ('ok', 'empty', 'skipped', 'missing', 'unsupported')
GROUP BY item, status
ORDER BY nodes DESC;
