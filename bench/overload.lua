-- What wrk sends and counts for overload.py: requests at a pace, and which answers are whole.
local targets = {}
local pause = 0
local pass = {}

function setup(thread)
  table.insert(pass, thread)
end

function init(arguments)
  pause = tonumber(arguments[1])
  for line in io.lines(arguments[2]) do
    table.insert(targets, wrk.format("GET", line))
  end
  math.randomseed(tonumber(arguments[3]) + os.time())
  whole, partial, shed, failed, hasty = 0, 0, 0, 0, 0
end

-- Exponential pauses, so that the clients neither act in step nor wait for each other.
function delay()
  if pause == 0 then return 0 end
  return -math.log(1 - math.random()) * pause
end

function request()
  return targets[math.random(#targets)]
end

function response(status, headers)
  if status == 200 then
    if headers["X-Rollcall-Complete"] == "false" then partial = partial + 1 else whole = whole + 1 end
  elseif status == 503 then
    shed = shed + 1
    if not headers["Retry-After"] then hasty = hasty + 1 end
  else
    failed = failed + 1
  end
end

function done(summary, latency)
  local sums = {whole = 0, partial = 0, shed = 0, failed = 0, hasty = 0}
  for _, thread in ipairs(pass) do
    for name in pairs(sums) do sums[name] = sums[name] + thread:get(name) end
  end
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"seconds": %f, "whole": %d, "partial": %d, "shed": %d, "failed": %d, "without_retry_after": %d, '
      .. '"broken": %d, "unanswered": %d, "p50_ms": %f, "p99_ms": %f, "longest_ms": %f}\n',
    summary.duration / 1e6, sums.whole, sums.partial, sums.shed, sums.failed, sums.hasty,
    errors.connect + errors.read + errors.write, errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
