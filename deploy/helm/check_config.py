"""Lays out the files of a rendered pod below a folder, as the kubelet would, and lets `rollcall check` read them.

    check_config.py ROLLCALL MANIFESTS FOLDER

What comes from outside the chart (credentials, certificates, variables from Secrets) is made up.
"""

import functools
import pathlib
import subprocess
import sys

import yaml

MADE_UP = "made-up:for-the-check"  # a credential for profiles that take user:password too


@functools.cache
def made_up_certificate():
    """A certificate with its key behind it, in one text."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-keyout", "-", "-subj", "/CN=made up", "-days", "1"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def made_up_file(path):
    """The content of a file that the cluster would have."""
    return made_up_certificate() if path.endswith((".pem", ".crt", ".key")) else MADE_UP + "\n"


def files_of(volume, config_maps):
    """(path, content) of each file of a volume."""
    sources = volume["projected"]["sources"] if "projected" in volume else [volume]
    for source in sources:
        chosen = source.get("configMap") or source.get("secret")
        for item in chosen["items"]:
            data = config_maps.get(chosen.get("name")) if "configMap" in source else None
            yield item["path"], data[item["key"]] if data else made_up_file(item["path"])


def lay_out(pod, config_maps, folder):
    """Writes what is mounted into the gateway's container; returns the mount paths."""
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = pod["containers"][0]["volumeMounts"]
    for mount in mounts:
        for path, content in files_of(volumes[mount["name"]], config_maps):
            file = folder / mount["mountPath"].lstrip("/") / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
    return [mount["mountPath"] for mount in mounts]


def main():
    """Ends with the exit code of `rollcall check`."""
    rollcall, manifests, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]).resolve()
    objects = [each for each in yaml.safe_load_all(manifests.read_text(encoding="utf-8")) if each]
    config_maps = {each["metadata"]["name"]: each["data"] for each in objects if each["kind"] == "ConfigMap"}
    pod = next(each for each in objects if each["kind"] == "Deployment")["spec"]["template"]["spec"]
    container = pod["containers"][0]
    mount_paths = lay_out(pod, config_maps, folder)
    # The one difference from the pod: its root is the folder.
    config = folder / container["args"][-1].lstrip("/")
    text = config.read_text(encoding="utf-8")
    for path in mount_paths:
        text = text.replace(f"{path}/", f"{folder}{path}/")
    config.write_text(text, encoding="utf-8")
    environment = {each["name"]: each.get("value", MADE_UP) for each in container.get("env", [])}
    sys.exit(subprocess.run([rollcall, "check", "--config", str(config)], env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
