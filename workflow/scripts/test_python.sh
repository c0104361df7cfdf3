#!/usr/bin/env bash
# The project on another Python: `make test-python` makes a small Debian in a folder (debootstrap; needs root), clones this
# checkout's HEAD into it, sets it up by the README and runs there the tests of nets, metrics and config and one toy run.
# `make test-python DEBIAN=forky` takes another Debian. Repeating it uses the same folder: .cache/debian-<name>.
set -euo pipefail
cd "$(dirname "$0")/../.."
DEBIAN=${DEBIAN:-trixie}
FOLDER=$PWD/.cache/debian-$DEBIAN
[ "$(id -u)" = 0 ] || { echo "error: debootstrap and chroot need root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "error: there is no debootstrap: apt-get install debootstrap" >&2; exit 2; }

if [ ! -e "$FOLDER/.complete" ]; then
  rm -rf "$FOLDER"
  debootstrap --variant=minbase --include=python3,python3-venv,make,git,ca-certificates,procps "$DEBIAN" "$FOLDER"
  touch "$FOLDER/.complete"
fi
mounted() { mountpoint -q "$FOLDER/$1"; }
trap 'for place in proc dev; do if mounted $place; then umount -l "$FOLDER/$place"; fi; done' EXIT
mounted proc || mount -t proc proc "$FOLDER/proc"
mounted dev || mount --rbind /dev "$FOLDER/dev"
cp -L /etc/resolv.conf "$FOLDER/etc/resolv.conf"
# How packages are reached from here, certificates of a proxy included.
mkdir -p "$FOLDER/etc/ssl/certs"
cp -L /etc/ssl/certs/ca-certificates.crt "$FOLDER/etc/ssl/certs/ca-certificates.crt"
rm -rf "$FOLDER/project"
git clone --quiet --no-hardlinks . "$FOLDER/project"

cat > "$FOLDER/run.sh" <<'INSIDE'
set -euo pipefail
export HOME=/root LANG=C.UTF-8 UV_CACHE_DIR=/uv SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
cd /project
python3 --version
make setup
.venv/bin/python -c 'import torch; print("torch", torch.__version__)'
.venv/bin/pytest -q -n 2 tests/nets tests/metrics tests/config
.venv/bin/snakemake --configfile config/demo.yaml tests/toy.yaml --config experiment=toy
test -s results/toy/report/index.html
INSIDE
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}" ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} \
  ${UV_INDEX_URL:+UV_INDEX_URL="$UV_INDEX_URL"} ${HTTPS_PROXY:+HTTPS_PROXY="$HTTPS_PROXY"} ${HTTP_PROXY:+HTTP_PROXY="$HTTP_PROXY"} \
  chroot "$FOLDER" bash /run.sh
