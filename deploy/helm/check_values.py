"""Checks that the chart's README names every value, and writes values that hold every key of the gateway's configuration.

    check_values.py EVERY_KEY_YAML

The caller renders the chart with them: a key that values.schema.json does not know fails there.
"""

import pathlib
import sys

import yaml

HERE = pathlib.Path(__file__).parent
EVERY_KEY = HERE / "../../config/rollcall.yaml"


def paths(values, prefix=""):
    """The path of every value: a map that has no keys yet is a value itself."""
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            yield from paths(value, path + ".")
        else:
            yield path


def is_named(path, readme):
    """Whether the README names it, or the map that it is a default of, in backquotes."""
    words = path.split(".")
    return any(f"`{'.'.join(words[:length])}`" in readme for length in range(len(words), 0, -1))


def main():
    """Ends with 1 and the values that are not named."""
    readme = (HERE / "rollcall/README.md").read_text(encoding="utf-8")
    values = yaml.safe_load((HERE / "rollcall/values.yaml").read_text(encoding="utf-8"))
    missing = [path for path in paths(values) if not is_named(path, readme)]
    if missing:
        sys.exit(f"chart: README.md does not name {', '.join(missing)}")
    config = yaml.safe_load(EVERY_KEY.read_text(encoding="utf-8"))
    # The chart's own.
    del config["server"]["listen"], config["server"]["admin"], config["cursor"]["secret"]
    pathlib.Path(sys.argv[1]).write_text(yaml.safe_dump({"config": config}), encoding="utf-8")


if __name__ == "__main__":
    main()
