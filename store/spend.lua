-- Adds to what the replicas have spent of each client's limit, and gives the sums.
-- KEYS: the sums, a hash. ARGV: how many milliseconds it lives without being asked, then a name and a number for each.
local sums = {}
for i = 2, #ARGV, 2 do
  sums[#sums + 1] = redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return sums
