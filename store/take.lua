-- Takes one call from a provider's account, by Redis's own clock.
-- KEYS: the account. ARGV: the quota's calls (0: none is known), the width of a slot in microseconds, how many slots
-- count. Gives {granted, milliseconds to wait, slot, end of the announcement that it was taken from}.
--
-- The account is a hash: how many calls each slot of time has seen, by the slot's number; `announced`, how many calls
-- the provider says are left, until `ends`; `held`, until when nothing is sent. Times are microseconds since 1970.
local calls, width, slots = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local slot = math.floor(now / width)

local account = redis.call('HGETALL', KEYS[1])
local said = {announced = 0, ends = 0, held = 0}
local taken, first = 0, slot
for i = 1, #account, 2 do
  local name, count = account[i], tonumber(account[i + 1])
  local number = tonumber(name)
  if not number then
    said[name] = count
  elseif slot - number >= slots then
    redis.call('HDEL', KEYS[1], name)
  else
    if number > slot then
      -- The clock was set back: what was taken counts as taken now.
      redis.call('HINCRBY', KEYS[1], slot, count)
      redis.call('HDEL', KEYS[1], name)
    elseif count > 0 and number < first then
      first = number
    end
    taken = taken + count
  end
end

local free = math.max(now, said.held)
if said.ends > now and said.announced <= 0 then free = math.max(free, said.ends) end
if calls > 0 and taken >= calls then free = math.max(free, (first + slots) * width) end
if free > now then return {0, math.ceil((free - now) / 1000), 0, 0} end

if calls > 0 then redis.call('HINCRBY', KEYS[1], slot, 1) end
local announcement = 0
if said.ends > now then
  announcement = said.ends
  redis.call('HINCRBY', KEYS[1], 'announced', -1)
end
local needed = math.max(now + slots * width, said.ends, said.held)
redis.call('PEXPIRE', KEYS[1], math.ceil((needed - now) / 1000) + 1000)
return {1, 0, slot, announcement}
