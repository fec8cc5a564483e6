-- Keeps a page, unless its provider's pages have got a new generation since it was asked for.
-- KEYS: the page, the generation. ARGV: the generation at that time, the page's whole name, body, link, the milliseconds
-- that a page lives and those that this one has left, how many a generation lives.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'name', ARGV[2], 'body', ARGV[3], 'link', ARGV[4], 'ttl', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
return 1
