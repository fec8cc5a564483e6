-- What nginx_lua.conf answers: a page of every provider, in the one shape. But an empty list is written {}, because the
-- distribution's cjson does not know one from an empty object.
local cjson = require "cjson"

local null = cjson.null
local no_items = {}

-- A field that is missing in their object is null in ours.
local function given(value)
    if value == nil then return null end
    return value
end

local function tools_of(tools)
    if not tools or #tools == 0 then return no_items end
    local list = {}
    for i, tool in ipairs(tools) do
        list[i] = {
            id = given(tool.id), name = given(tool.name), description = given(tool.description),
            category = given(tool.category), config = given(tool.config),
        }
    end
    return list
end

local function blank(provider, id, name)
    id = tostring(id)
    return {
        id = provider .. ":" .. id, provider = provider, native_id = id, name = given(name),
        type = null, status = null, description = null, email = null, language = null, model = null,
        instructions = null, greeting = null, tags = no_items, tools = no_items, phone_numbers = no_items,
        voice = null, avatar = null, config = null, usage = null,
        created_at = null, updated_at = null, last_used_at = null,
    }
end

local kinds = {}

function kinds.hyperrep(body)
    return body.data, body.pagination.has_more, function(provider, from)
        local agent = blank(provider, from.agent_id, from.name)
        agent.type = "human"
        agent.email = given(from.email)
        return agent
    end
end

function kinds.heppu(body)
    return body.data.agents, body.data.pagination.hasMore, function(provider, from)
        local agent, config = blank(provider, from.id, from.name), from.config
        agent.type = given(from.type)
        agent.status = given(from.status)
        agent.model = given(from.model)
        agent.instructions = given(from.instructions)
        agent.tools = tools_of(from.tools)
        agent.phone_numbers = from.phoneNumbers or no_items
        if config and config ~= null then
            agent.greeting = given(config.greeting)
            if config.voice then agent.voice = {id = config.voice} end
            agent.config = config
        end
        agent.created_at = given(from.createdAt)
        agent.updated_at = given(from.updatedAt)
        return agent
    end
end

function kinds.converra(body)
    local paging = body.pagination
    return body.data, paging.offset + #body.data < paging.total, function(provider, from)
        local agent = blank(provider, from.id, from.name)
        agent.status = given(from.status)
        agent.description = given(from.description)
        agent.model = given(from.llmModel)
        agent.instructions = given(from.content)
        agent.tags = from.tags or no_items
        if from.conversationCount then
            agent.usage = {conversations = from.conversationCount, avg_duration_s = null}
        end
        agent.created_at = given(from.createdAt)
        agent.updated_at = given(from.updatedAt)
        return agent
    end
end

function kinds.agenthuman(body)
    return body.agents, false, function(provider, from)
        local agent = blank(provider, from.agent_id, from.name)
        agent.type = "avatar"
        agent.status = given(from.status)
        agent.language = given(from.language)
        agent.instructions = given(from.context)
        agent.greeting = given(from.custom_greeting)
        if from.voice_id and from.voice_id ~= null then agent.voice = {id = from.voice_id} end
        agent.avatar = {id = tostring(from.avatar_id), name = given(from.avatar_name), url = given(from.avatar_url)}
        agent.usage = {conversations = given(from.total_sessions), avg_duration_s = given(from.avg_duration)}
        agent.created_at = given(from.created_at)
        agent.updated_at = given(from.updated_at)
        agent.last_used_at = given(from.last_used_at)
        return agent
    end
end

local peer = {}

-- `providers` is a list of {name, kind}.
function peer.serve(providers)
    local calls = {}
    for i, provider in ipairs(providers) do calls[i] = {"/" .. provider[1]} end
    local answers = {ngx.location.capture_multi(calls)}
    local data, states, count = {}, {}, 0
    for i, provider in ipairs(providers) do
        local name, answer = provider[1], answers[i]
        if answer.status == 200 then
            local items, more, normalize = kinds[provider[2]](cjson.decode(answer.body))
            for j = 1, #items do
                count = count + 1
                data[count] = normalize(name, items[j])
            end
            states[i] = {name = name, status = "ok", count = #items, has_more = more}
        else
            states[i] = {name = name, status = "error", count = 0, has_more = true}
        end
    end
    local body = cjson.encode({data = data, page = {count = count}, providers = states})
    ngx.header.content_length = #body
    ngx.print(body)
end

return peer
