"""Resolves botocore's default chain and prints the access key, or the error, as JSON."""

import collections
import collections.abc
import inspect
import json
import os
import sys

# Old versions use names that Python 3.10 and 3.11 no longer have.
for name in ("Mapping", "MutableMapping", "Callable", "Iterable"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))
if not hasattr(inspect, "getargspec"):
    inspect.getargspec = inspect.getfullargspec


def resolve(session):
    try:
        credentials = session.get_credentials()
        if credentials is None:
            return {"error": "None"}
        return {"accessKeyId": credentials.get_frozen_credentials().access_key}
    except Exception as error:  # whatever an application would see
        return {"error": type(error).__name__, "message": str(error)}


def main():
    import botocore.session

    session = botocore.session.get_session()
    print(json.dumps(resolve(session)), flush=True)
    if os.environ.get("WHICHROLE_LAB_TWICE"):
        sys.stdin.readline()
        print(json.dumps(resolve(session)), flush=True)


main()
