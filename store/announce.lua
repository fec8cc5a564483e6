-- The provider has said how many calls it still takes, and for how long that holds.
-- KEYS: the account. ARGV: the calls, the time in microseconds.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local ends, calls = now + tonumber(ARGV[2]), tonumber(ARGV[1])
-- Within one window of the provider's the count only falls: what it says now may not know of calls that other replicas
-- have under way. It tells whole seconds, so that ends as near as this are those of one window.
local said = redis.call('HMGET', KEYS[1], 'announced', 'ends')
local known, known_ends = tonumber(said[1] or ''), tonumber(said[2] or '')
if known and known_ends and known_ends > now and math.abs(known_ends - ends) < 2000000 then
  calls, ends = math.min(known, calls), known_ends
end
redis.call('HSET', KEYS[1], 'announced', calls, 'ends', ends)
local needed = math.ceil(tonumber(ARGV[2]) / 1000) + 1000
if redis.call('PTTL', KEYS[1]) < needed then redis.call('PEXPIRE', KEYS[1], needed) end
return 1
