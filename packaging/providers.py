"""Write resources/providers.json from the list of providers that Kaidan ships.

git -C kaidan show HEAD:data/providers.json | python packaging/providers.py COMMIT DATE \
    > resources/providers.json

COMMIT and DATE (2026-07-22) are those of the last change of that file.
"""

import json
import sys


def main() -> None:
    """Keep what the program shows, in the order of the list."""
    commit, date = sys.argv[1:]
    listed = json.load(sys.stdin)
    written = {
        "source": f"https://github.com/KDE/kaidan data/providers.json, commit {commit}",
        "date": date,
        "license": "CC0-1.0, see providers.json.license",
        "providers": [_kept(entry) for entry in listed],
    }
    print(json.dumps(written, indent=1, ensure_ascii=False))


def _kept(entry: dict) -> dict:
    return {
        "domain": entry["jid"],
        "in_app": entry["inBandRegistration"],
        "captcha": entry["inBandRegistrationCaptchaRequired"],
        "email": entry["inBandRegistrationEmailAddressRequired"],
        "countries": entry["serverLocations"],
        "since": entry["since"],
        "free": entry["freeOfCharge"],
        "organization": entry["organization"],
        "sign_up_pages": entry["registrationWebPage"],
    }


if __name__ == "__main__":
    main()
