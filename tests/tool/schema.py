"""A checker for the part of JSON Schema that docs/vxm-info.schema.json uses. It refuses keywords that
it doesn't know, so that a schema never asks for more than is checked.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required",
         "additionalProperties", "items", "enum", "const", "pattern", "minimum", "oneOf"}


def problems(value, schema, root=None, path="$"):
    """Each way in which the value is not what the schema says, as a sentence."""
    root = schema if root is None else root
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError(f"{path}: the schema has {sorted(unknown)}, which schema.py doesn't know")
    found = []
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        found += problems(value, target, root, path)
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(TYPES[t](value) for t in types):
            found.append(f"{path}: {value!r} is no {' or '.join(types)}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{path}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{path}: {value!r} is not like {schema['pattern']}")
    if "minimum" in schema and TYPES["integer"](value) and value < schema["minimum"]:
        found.append(f"{path}: {value} is less than {schema['minimum']}")
    if "oneOf" in schema:
        ways = [problems(value, way, root, path) for way in schema["oneOf"]]
        if sum(not way for way in ways) != 1:
            found.append(f"{path}: {sum(not way for way in ways)} of the ways fit")
            found += max(ways, key=len)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [f"{path}: there is no {key}" for key in schema.get("required", []) if key not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{path}: {key} is not in the schema" for key in value if key not in properties]
        for key, member in properties.items():
            if key in value:
                found += problems(value[key], member, root, f"{path}.{key}")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            found += problems(item, schema["items"], root, f"{path}[{index}]")
    return found
