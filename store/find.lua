-- Finds a page, and the generation that a provider's pages have now: a page of an earlier one is none any more.
-- KEYS: the page, the generation. ARGV: the page's whole name, whether it is wanted (1) or only the generation (0), how
-- many milliseconds a generation lives. Gives {generation} or {generation, body, link, age in milliseconds}.
--
-- A generation is the time at which it began, in microseconds, so that one that Redis has lost never comes again.
local generation = redis.call('GET', KEYS[2])
if not generation then
  local time = redis.call('TIME')
  generation = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
  redis.call('SET', KEYS[2], generation, 'PX', ARGV[3])
end
if ARGV[2] ~= '1' then return {generation} end

local page = redis.call('HMGET', KEYS[1], 'generation', 'name', 'body', 'link', 'ttl')
local left = redis.call('PTTL', KEYS[1])
if page[1] ~= generation or page[2] ~= ARGV[1] or left < 0 then return {generation} end
return {generation, page[3], page[4], tonumber(page[5]) - left}
