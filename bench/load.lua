-- What wrk asks for whole_path.py: each line of a file is a target, one after the other, over and over.
--   wrk ... -s load.lua URL -- TARGETS_FILE [BODY_FILE]      with a body it is a POST of JSON
local requests, at = {}, 0

function init(arguments)
  local method, headers, body = "GET", {}, nil
  if arguments[2] then
    method, headers["Content-Type"] = "POST", "application/json"
    body = io.open(arguments[2]):read("a*")
  end
  for target in io.lines(arguments[1]) do
    table.insert(requests, wrk.format(method, target, headers, body))
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"seconds": %f, "requests": %d, "bytes": %d, "wrong": %d, "p50_us": %d, "p99_us": %d, "p999_us": %d}\n',
    summary.duration / 1e6, summary.requests, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
