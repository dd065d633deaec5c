#!/bin/sh
# Installs what `make` needs and this machine lacks: system packages, a virtual environment, the lock file.
# System packages come through apt if we are root or may use sudo; otherwise they are named and we stop.
set -eu
cd "$(dirname "$0")/.."

packages="
python3-venv ca-certificates
prosody ejabberd dbus gnome-keyring at-spi2-core
xvfb openbox xdotool x11-utils xdg-utils desktop-file-utils
fonts-dejavu-core
chromium chromium-driver
libegl1 libgl1 libopengl0 libfontconfig1 libdbus-1-3 libglib2.0-0
libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1
"

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

if command -v dpkg-query >/dev/null 2>&1; then
    missing=""
    for package in $packages; do installed "$package" || missing="$missing $package"; done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then as_root=""
        elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo"
        elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then as_root="sudo"
        else
            echo "These system packages are missing, and neither root nor sudo is available to install them:" >&2
            echo " $missing" >&2
            echo "Install them (apt install …) and run this again." >&2
            exit 1
        fi
        echo "Installing system packages:$missing"
        # The tests bring their own servers; installing the packages must not open any on this machine.
        policy=/usr/sbin/policy-rc.d
        if [ ! -e $policy ]; then
            printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
            $as_root chmod 755 $policy
            trap '$as_root rm -f $policy' EXIT
        fi
        log=$(mktemp)
        if ! { $as_root apt-get -q update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
               -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing; } >"$log" 2>&1; then
            tail -n 30 "$log" >&2
            echo "apt could not install them: see above." >&2
            exit 1
        fi
        rm -f "$log"
        for server in prosody ejabberd; do
            case "$missing" in *$server*)
                if [ -d /run/systemd/system ]; then $as_root systemctl disable --quiet $server || true; fi ;;
            esac
        done
    fi
else
    for program in prosody ejabberdctl Xvfb openbox xdotool dbus-run-session gnome-keyring-daemon \
        xdg-open desktop-file-validate chromium chromedriver; do
        command -v $program >/dev/null 2>&1 || { echo "$program is missing; this system has no apt, so install it yourself." >&2; exit 1; }
    done
fi

wanted=$(cat requirements.lock packaging/setup.sh | sha256sum | cut -d' ' -f1)
if [ ! -f .venv/pars-lock ] || [ "$(cat .venv/pars-lock)" != "$wanted" ]; then
    echo "Installing the Python packages of requirements.lock into .venv"
    python3 -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    printf '%s\n' "$wanted" > .venv/pars-lock
fi
