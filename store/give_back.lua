-- Gives back to a provider's account a call of which nothing was sent.
-- KEYS: the account. ARGV: as take.lua gave them: the slot, and the end of the announcement.
local counted = redis.call('HGET', KEYS[1], ARGV[1])
if counted and tonumber(counted) > 0 then redis.call('HINCRBY', KEYS[1], ARGV[1], -1) end
if redis.call('HGET', KEYS[1], 'ends') == ARGV[2] then redis.call('HINCRBY', KEYS[1], 'announced', 1) end
return 1
