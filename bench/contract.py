"""Holds answers against the OpenAPI document that the gateway serves. It asks for nothing but that document."""

import json
import random
import urllib.request

import jsonschema


class Contract:
    def __init__(self, public, thoroughness):
        """Of the bodies, so large a share is held against its schema, which takes a while; of the rest, every answer."""
        with urllib.request.urlopen("http://127.0.0.1:%d/openapi.json" % public) as answer:
            self.document = json.load(answer)
        self.thoroughness = thoroughness
        self.validators = {}

    def fault_of(self, route, method, status, headers, body):
        """What is wrong with an answer, or None."""
        documented = self.document["paths"][route][method.lower()]["responses"].get(str(status))
        if documented is None:
            return "status %d is not documented" % status
        if "$ref" in documented:
            documented = self.document["components"]["responses"][documented["$ref"].rsplit("/", 1)[1]]
        if not headers.get("X-Request-Id"):
            return "status %d without X-Request-Id" % status
        content = documented.get("content")
        if content is None:
            return "a body where none is due" if body else None
        media_type = headers.get("Content-Type", "")
        if media_type not in content:
            return "status %d as %r" % (status, media_type)
        try:
            value = json.loads(body)
        except ValueError as error:
            return "status %d with invalid JSON: %s" % (status, error)
        if random.random() >= self.thoroughness:
            return None
        error = next(self.validator_of(content[media_type]["schema"]).iter_errors(value), None)
        return error and "status %d: %s at %s" % (status, error.message[:200], list(error.path))

    def validator_of(self, schema):
        name = json.dumps(schema)
        if name not in self.validators:
            # The references in it begin at the document's root.
            whole = {**schema, "components": self.document["components"]}
            self.validators[name] = jsonschema.Draft202012Validator(whole)
        return self.validators[name]
