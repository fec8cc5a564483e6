-- Something was written: the provider's pages get a new generation, and every replica hears of it.
-- KEYS: the generation. ARGV: the channel, the message, how many milliseconds a generation lives.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local before = tonumber(redis.call('GET', KEYS[1]) or 0)
redis.call('SET', KEYS[1], string.format('%.0f', math.max(now, before + 1)), 'PX', ARGV[3])
redis.call('PUBLISH', ARGV[1], ARGV[2])
return 1
