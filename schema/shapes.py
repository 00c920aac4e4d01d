"""Writes shapes.tsv, runtimes.tsv and attributes.tsv from an unpacked release of the Python package cfn-lint (MIT-0).

    pip download --no-deps cfn-lint && unzip cfn_lint-*.whl -d cfn-lint
    python3 schema/shapes.py cfn-lint/cfnlint

The output depends on the input alone. README.md beside this file says what is in it.
"""

import ast
import json
import sys
from pathlib import Path

# What is kept of a schema: the words that say what a value may be. Descriptions, defaults, CloudFormation's own
# annotations (their lists of paths are in resource-types.tsv) and the linter's are left out.
KEPT = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "definitions", "dependentExcluded",
    "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum", "items", "maxItems",
    "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "not", "oneOf",
    "pattern", "patternProperties", "prefixItems", "properties", "required", "requiredOr", "requiredXor", "type",
    "uniqueItems", "if", "then", "else",
}
OF_SCHEMAS_BY_NAME = {"properties", "definitions", "patternProperties"}
OF_SCHEMAS = {
    "items", "oneOf", "anyOf", "allOf", "not", "if", "then", "else", "additionalProperties", "prefixItems",
}


def condensed(schema):
    if isinstance(schema, list):
        return [condensed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for word, value in schema.items():
        if word not in KEPT:
            continue
        if word in OF_SCHEMAS_BY_NAME:
            kept[word] = {name: condensed(one) for name, one in value.items()}
        elif word in OF_SCHEMAS:
            value = condensed(value)
            # `anyOf` over nothing but formats says nothing once those are gone.
            if not isinstance(value, list) or any(value):
                kept[word] = value
        else:
            kept[word] = value
    return kept


def reached(schema, definitions):
    """The definitions that the properties lead to; the published schemas carry others too."""
    wanted, found = [schema], set()
    while wanted:
        one = wanted.pop()
        if isinstance(one, list):
            wanted.extend(one)
        elif isinstance(one, dict):
            wanted.extend(one.values())
            name = one.get("$ref")
            if isinstance(name, str):
                name = name.removeprefix("#/definitions/")
                if name in definitions and name not in found:
                    found.add(name)
                    wanted.append(definitions[name])
    return {name: definitions[name] for name in found}


def shape(schema):
    kept = condensed(schema)
    definitions = kept.pop("definitions", {})
    definitions = reached(kept, definitions)
    if definitions:
        kept["definitions"] = definitions
    return kept


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for row in sorted(rows, key=lambda row: row[0].encode()):
            file.write("\t".join(row) + "\n")


def main(package):
    here = Path(__file__).parent
    schemas = [
        json.loads(path.read_text("utf-8"))
        for path in (package / "data/schemas/resources").glob("*.json")
    ]
    write(here / "shapes.tsv", [
        (one["typeName"], json.dumps(shape(one), ensure_ascii=False, separators=(",", ":"), sort_keys=True))
        for one in schemas
    ])
    # What `Fn::GetAtt` gives of types that are older than the registry is not in their schemas.
    source = ast.parse((package / "schema/_getatts.py").read_text("utf-8"))
    named = {}
    for one in source.body:
        if isinstance(one, (ast.Assign, ast.AnnAssign)):
            target = one.targets[0] if isinstance(one, ast.Assign) else one.target
            named[target.id] = one.value
    others = {name: ["*"] for name in ast.literal_eval(named["_all_property_types"])}
    others |= ast.literal_eval(named["_exceptions"])
    write(here / "attributes.tsv", [(name, " ".join(others[name])) for name in others])
    # Which runtimes can be chosen at all is the enum of the property; which of them are retired, the linter's table.
    function = next(one for one in schemas if one["typeName"] == "AWS::Lambda::Function")
    lifecycle = json.loads((package / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json").read_text("utf-8"))
    names = set(function["properties"]["Runtime"].get("enum", [])) | set(lifecycle)
    write(here / "runtimes.tsv", [
        (name, *(lifecycle.get(name, {}).get(key) or "-" for key in ("deprecated", "create-block", "update-block", "successor")))
        for name in names
    ])


main(Path(sys.argv[1]))
