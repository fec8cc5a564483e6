"""Reduces the schemas that update.sh generates to those of the chart's kinds, strict and without prose."""

import json
import pathlib
import sys

import yaml

KINDS = {
    "core.v1": ("v1", ["ConfigMap", "Pod", "Secret", "Service", "ServiceAccount"]),
    "apps.v1": ("apps/v1", ["Deployment"]),
    "autoscaling.v2": ("autoscaling/v2", ["HorizontalPodAutoscaler"]),
    "networking.v1": ("networking.k8s.io/v1", ["Ingress", "NetworkPolicy"]),
    "policy.v1": ("policy/v1", ["PodDisruptionBudget"]),
}
CUSTOM_KINDS = ["ServiceMonitor", "PrometheusRule", "HTTPRoute"]
KEPT = {"type", "enum", "format", "pattern", "required", "minItems", "maxItems", "minLength", "maxLength",
        "minimum", "maximum"}
FORMATS_OF_JSON = {"date-time"}
# What the generator writes as a text, but may be a number too.
INT_OR_STRING = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
QUANTITY = {"oneOf": [{"type": "string"}, {"type": "number"}]}


def short(name):
    """k8s.io/api/apps/v1.Deployment, or io.k8s.api.apps.v1.Deployment in later releases: apps.v1.Deployment."""
    return ".".join(name.replace("/", ".").split(".")[-3:])


def strict(schema):
    """The schema without prose, in which an object has no property that it does not name."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return INT_OR_STRING
    if "$ref" in schema:
        return {"$ref": "#/definitions/" + short(schema["$ref"])}
    kept = {key: value for key, value in schema.items() if key in KEPT}
    if kept.get("format") not in FORMATS_OF_JSON:
        kept.pop("format", None)
    if "items" in schema:
        kept["items"] = strict(schema["items"])
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            kept[key] = [strict(part) for part in schema[key]]
    if "allOf" in kept and kept.keys() <= {"allOf"} and len(kept["allOf"]) == 1:
        return kept["allOf"][0]
    if "properties" in schema:
        kept["properties"] = {name: strict(part) for name, part in schema["properties"].items()}
        kept["additionalProperties"] = schema.get("x-kubernetes-preserve-unknown-fields", False)
    elif isinstance(schema.get("additionalProperties"), dict):
        kept["additionalProperties"] = strict(schema["additionalProperties"])
    return kept


def references(schema):
    """The names of the definitions that the schema refers to."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix("#/definitions/")
        for part in schema.values():
            yield from references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from references(part)


def reached(roots, definitions):
    """The definitions that the roots lead to, themselves not counted."""
    found, waiting = {}, list(references(roots))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = definitions[name]
            waiting.extend(references(definitions[name]))
    return found


def bind(schema, api_version, kind):
    """The schema of one kind, which must say what it is."""
    schema["properties"]["apiVersion"] = {"enum": [api_version]}
    schema["properties"]["kind"] = {"enum": [kind]}
    schema["required"] = sorted({*schema.get("required", []), "apiVersion", "kind", "metadata"})
    return schema


def write(folder, kind, api_version, schema):
    """One file, named as kubeconform looks for it: kind-group-version.json, of whose group only the first word counts."""
    *group, version = api_version.split("/")
    parts = [kind.lower(), *(part.split(".")[0] for part in group), version]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("-".join(parts) + ".json")
    path.write_text(json.dumps(schema, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")


def reduce_kubernetes(source, folder):
    """Kubernetes' own kinds, from the definitions by their names in Go."""
    generated = json.loads(source.read_text(encoding="utf-8"))
    definitions = {short(name): strict(schema) for name, schema in generated.items()}
    # Their Go structs are not what they are in JSON, whatever the release of the generator says.
    definitions["util.intstr.IntOrString"] = INT_OR_STRING
    definitions["api.resource.Quantity"] = QUANTITY
    definitions["meta.v1.FieldsV1"] = {"type": "object"}
    for group, (api_version, kinds) in KINDS.items():
        for kind in kinds:
            root = bind(definitions[f"{group}.{kind}"], api_version, kind)
            root["definitions"] = reached(root, definitions)
            write(folder, kind, api_version, root)


def reduce_custom(source, folder):
    """The kinds of others, from their CustomResourceDefinitions."""
    for path in sorted(source.glob("*.yaml")):
        definition = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
        kind = definition["names"]["kind"]
        if kind not in CUSTOM_KINDS:
            continue
        for version in definition["versions"]:
            if version["name"] != "v1":
                continue
            schema = strict(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            api_version = f"{definition['group']}/{version['name']}"
            write(folder, kind, api_version, bind(schema, api_version, kind))


if __name__ == "__main__":
    reduction = {"kubernetes": reduce_kubernetes, "custom": reduce_custom}[sys.argv[1]]
    reduction(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
