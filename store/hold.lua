-- The provider has refused a call as one too many: none is sent for a while.
-- KEYS: the account. ARGV: how long, in microseconds.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local held = tonumber(redis.call('HGET', KEYS[1], 'held') or 0)
redis.call('HSET', KEYS[1], 'held', math.max(held, now + tonumber(ARGV[1])))
local needed = math.ceil(tonumber(ARGV[1]) / 1000) + 1000
if redis.call('PTTL', KEYS[1]) < needed then redis.call('PEXPIRE', KEYS[1], needed) end
return 1
