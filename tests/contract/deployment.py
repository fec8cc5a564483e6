"""What schemathesis cannot know from the description alone: which providers and agents this deployment has.

It narrows the description that the gateway serves to values that lead somewhere. What is refused stays as it is.
"""
import itertools
import json
import re
import urllib.request

import schemathesis

BASE = "http://127.0.0.1:8080"
AGENTS_OF_EACH = 2
KEY = "Idempotency-Key"

serial = itertools.count()


def known_agents(providers):
    for name in providers:
        url = f"{BASE}/agents?provider={name}&fields=id&limit={AGENTS_OF_EACH}"
        with urllib.request.urlopen(url) as answer:
            yield from (agent["id"] for agent in json.load(answer)["data"])


@schemathesis.hook
def before_load_schema(context, raw_schema):
    with urllib.request.urlopen(f"{BASE}/providers") as answer:
        providers = {provider["name"]: provider for provider in json.load(answer)["data"]}
    writable = [name for name, provider in providers.items() if "create" in provider["operations"]]
    parameters, schemas = raw_schema["components"]["parameters"], raw_schema["components"]["schemas"]

    parameters["AgentId"]["schema"] = {"type": "string", "enum": list(known_agents(providers))}
    # No date is after another one here, whichever two meet.
    for name in ("StartDate", "NeededStartDate"):
        parameters[name]["schema"] = {"type": "string", "enum": ["2025-01-31", "2026-03-01T00:00:00+02:00"]}
    for name in ("EndDate", "NeededEndDate"):
        parameters[name]["schema"] = {"type": "string", "enum": ["2026-05-31", "2026-05-19T09:25:40.5Z"]}
    # A cursor belongs to the filters that it was made under, which no schema can say.
    # Where a header's values can be wrong, schemathesis takes unknown headers for wrong too, which HTTP lets through.
    left_out = {f"#/components/parameters/{name}" for name in ("Cursor", "ClientTimeout")}
    for path in raw_schema["paths"].values():
        for operation in (path[method] for method in ("get", "post", "patch", "delete") if method in path):
            operation["parameters"] = [
                parameter for parameter in operation["parameters"] if parameter.get("$ref") not in left_out
            ]
        path["get"]["responses"]["200"].get("links", {}).pop("NextPage", None)
    for parameter in raw_schema["paths"]["/agents"]["get"]["parameters"]:
        if parameter.get("name") == "provider":
            parameter["schema"]["items"] = {"type": "string", "enum": list(providers)}

    # What Converra demands of an agent.
    new, changes = schemas["NewAgent"], schemas["AgentChanges"]
    new["required"] = ["provider", "name", "instructions", "model"]
    new["properties"]["provider"] = {"type": "string", "enum": writable}
    for properties in (new["properties"], changes["properties"]):
        for name in ("name", "instructions"):
            properties[name]["minLength"] = 1
        properties["model"]["pattern"] = "^[A-Za-z0-9._-]+$"
        properties["tags"]["items"]["minLength"] = 1
        properties["temperature"].update(minimum=0, maximum=2)
        properties["max_tokens"].update(minimum=1, maximum=9007199254740991)


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that is used twice is refused, as it should be, so that each good one is made unique here."""
    key = (case.headers or {}).get(KEY)
    if key and re.fullmatch("[!-~]{1,255}", key):
        case.headers[KEY] = f"{key[:200]}-{next(serial)}"
