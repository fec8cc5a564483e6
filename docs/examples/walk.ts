// Prints the id of every agent. Needs fetch: Node 20, Deno, Bun or a browser. It is plain JavaScript too.
const base = "http://localhost:8080";
const attempts = 5;

const pause = (seconds = 1) => new Promise((resume) => setTimeout(resume, seconds * 1000));

// The answer's JSON. While no provider answers it asks again, after the pause that the answer names.
async function get(path = "/", query = {}) {
  const url = `${base}${path}?${new URLSearchParams(query)}`;
  for (let attempt = 1; ; ++attempt) {
    const answer = await fetch(url);
    const body = await answer.json();
    if (answer.ok) return body;
    if (![502, 503, 504].includes(answer.status) || attempt === attempts) {
      throw new Error(`${body.code}: ${body.detail} (${body.request_id})`);
    }
    await pause(Number(answer.headers.get("Retry-After") ?? attempt));
  }
}

// Every agent that fits the filters, such as { status: "active", tags: "support,production" }.
async function* agents(filters = {}) {
  let cursor = {};
  while (true) {
    const page = await get("/agents", { limit: "200", ...filters, ...cursor });
    yield* page.data;
    if (!page.page.has_more) return;
    if (page.partial) await pause(); // gives the provider that is missing time to come back
    cursor = { cursor: page.page.next_cursor };
  }
}

for await (const agent of agents()) console.log(agent.id);

export {};
