// Node.js: GET /agents asks every provider at once and answers in the one shape.
//     node agents.js PORT PROVIDERS.json      the file: [{"name", "kind", "port", "path", "headers"}, ...]
'use strict';

const fs = require('node:fs');
const http = require('node:http');

const [port, providersFile] = process.argv.slice(2);
const providers = JSON.parse(fs.readFileSync(providersFile, 'utf8'));
const agent = new http.Agent({keepAlive: true, maxSockets: 256});

const blank = (provider, id, name) => ({
  id: `${provider}:${id}`, provider, native_id: String(id), name: name ?? null,
  type: null, status: null, description: null, email: null, language: null, model: null, instructions: null,
  greeting: null, tags: [], tools: [], phone_numbers: [], voice: null, avatar: null, config: null, usage: null,
  created_at: null, updated_at: null, last_used_at: null,
});

const toolOf = (tool) => ({
  id: tool.id ?? null, name: tool.name ?? null, description: tool.description ?? null,
  category: tool.category ?? null, config: tool.config ?? null,
});

const kinds = {
  hyperrep: {
    items: (body) => body.data,
    more: (body) => body.pagination.has_more,
    read(provider, from) {
      const to = blank(provider, from.agent_id, from.name);
      to.type = 'human';
      to.email = from.email ?? null;
      return to;
    },
  },
  heppu: {
    items: (body) => body.data.agents,
    more: (body) => body.data.pagination.hasMore,
    read(provider, from) {
      const to = blank(provider, from.id, from.name);
      to.type = from.type ?? null;
      to.status = from.status ?? null;
      to.model = from.model ?? null;
      to.instructions = from.instructions ?? null;
      to.greeting = from.config?.greeting ?? null;
      to.tools = (from.tools ?? []).map(toolOf);
      to.phone_numbers = from.phoneNumbers ?? [];
      to.voice = from.config?.voice ? {id: from.config.voice} : null;
      to.config = from.config ?? null;
      to.created_at = from.createdAt ?? null;
      to.updated_at = from.updatedAt ?? null;
      return to;
    },
  },
  converra: {
    items: (body) => body.data,
    more: (body) => body.pagination.offset + body.data.length < body.pagination.total,
    read(provider, from) {
      const to = blank(provider, from.id, from.name);
      to.status = from.status ?? null;
      to.description = from.description ?? null;
      to.model = from.llmModel ?? null;
      to.instructions = from.content ?? null;
      to.tags = from.tags ?? [];
      if (from.conversationCount != null) to.usage = {conversations: from.conversationCount, avg_duration_s: null};
      to.created_at = from.createdAt ?? null;
      to.updated_at = from.updatedAt ?? null;
      return to;
    },
  },
  agenthuman: {
    items: (body) => body.agents,
    more: () => false,
    read(provider, from) {
      const to = blank(provider, from.agent_id, from.name);
      to.type = 'avatar';
      to.status = from.status ?? null;
      to.language = from.language ?? null;
      to.instructions = from.context ?? null;
      to.greeting = from.custom_greeting ?? null;
      to.voice = from.voice_id == null ? null : {id: from.voice_id};
      to.avatar = {id: String(from.avatar_id), name: from.avatar_name ?? null, url: from.avatar_url ?? null};
      to.usage = {conversations: from.total_sessions ?? null, avg_duration_s: from.avg_duration ?? null};
      to.created_at = from.created_at ?? null;
      to.updated_at = from.updated_at ?? null;
      to.last_used_at = from.last_used_at ?? null;
      return to;
    },
  },
};

const ask = (provider) => new Promise((resolve, reject) => {
  const options = {agent, host: '127.0.0.1', port: provider.port, path: provider.path, headers: provider.headers};
  http.get(options, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('end', () => {
      if (answer.statusCode !== 200) return reject(new Error(`status ${answer.statusCode}`));
      try {
        resolve(JSON.parse(Buffer.concat(parts).toString()));
      } catch (error) {
        reject(error);
      }
    });
  }).on('error', reject);
});

const page = async () => {
  const bodies = await Promise.allSettled(providers.map(ask));
  const data = [];
  const states = providers.map(({name, kind}, i) => {
    if (bodies[i].status === 'rejected') return {name, status: 'error', count: 0, has_more: true};
    const body = bodies[i].value;
    const items = kinds[kind].items(body);
    for (const item of items) data.push(kinds[kind].read(name, item));
    return {name, status: 'ok', count: items.length, has_more: kinds[kind].more(body)};
  });
  return {data, page: {count: data.length}, providers: states};
};

http.createServer(async (request, response) => {
  const body = Buffer.from(JSON.stringify(await page()));
  response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': body.length});
  response.end(body);
}).listen(Number(port), '127.0.0.1');
