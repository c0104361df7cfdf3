"""Get what a data set is packed from: `acgan fetch --config C --dataset D --out
data/D/archives.csv`.

Archives that are missing are downloaded into data/raw/<source>/, unless the config's `path` says
that the user has them; each is checked against its published checksum. archives.csv says what was
found: file, bytes, checksum, and whether that is the published one. Pictures that lie in folders
have no published checksum: one of their list of names and sizes stands in its place.
"""

import hashlib
from pathlib import Path

from acgan.data import sources
from acgan.data.folders import CIRCLE, HIDDEN, NO_FILE, files_below
from acgan.data.source import Archive, Dataset
from acgan.fetch import Credentials, Remote, credentials_from, download, probe
from acgan.fetch.checksum import verify
from acgan.io.errors import UserError
from acgan.io.files import sha256_of, write_csv

COLUMNS = ("file", "bytes", "checksum", "published")


def how(dataset: Dataset, archive: Archive) -> str:
    """To get an archive by hand, from its publisher."""
    return sources.source_of(dataset).by_hand.format(url=archive.url)


def environment_of(dataset: Dataset) -> str:
    """Prefix of the environment variables with the credentials for a source."""
    return f"ACGAN_{dataset['source'].upper()}"


def remote(dataset: Dataset, archive: Archive) -> Remote:
    """Where an archive is fetched from, and the checksum that it must have."""
    url = f"{dataset['url'].rstrip('/')}/{archive.file}" if dataset["url"] else archive.url
    checksum = dataset["checksums"].get(archive.file, archive.checksum)
    return Remote(url, checksum, None, environment_of(dataset))


def credentials(dataset: Dataset) -> Credentials | None:
    return credentials_from(environment_of(dataset))


def wanted(dataset: Dataset) -> tuple[Archive, ...]:
    """The published archives that a data set is packed from; none for what comes otherwise."""
    return sources.published(dataset) if dataset["layout"] == "archives" else ()


def missing(dataset: Dataset, archive: Archive) -> str:
    """One line: which archive is missing, its checksum, where to put it, how to get it."""
    path = sources.folder_of(dataset) / archive.file
    checksum = remote(dataset, archive).checksum
    return (
        f"{path} is missing ({archive.about / 1e9:.1f} GB, {checksum}): put it there, or leave "
        f"`path` out to have it fetched; {how(dataset, archive)}"
    )


def probed(dataset: Dataset, archive: Archive) -> int | None:
    """The size of an archive on its server. Raises UserError when it cannot be had."""
    return probe(
        remote(dataset, archive),
        credentials(dataset),
        what=archive.file,
        cure=how(dataset, archive),
    )


def fetch(dataset: Dataset, out: Path) -> None:
    """Get and check everything, then write archives.csv. Raises UserError in one line."""
    rows = []
    for archive in wanted(dataset):
        path, of = sources.folder_of(dataset) / archive.file, remote(dataset, archive)
        if dataset["path"] and not path.is_file():
            raise UserError(missing(dataset, archive))
        if path.is_file():
            verify(path, of.checksum, archive.file)
        else:
            download(
                of,
                path,
                credentials=credentials(dataset),
                what=archive.file,
                cure=how(dataset, archive),
            )
        published = "yes" if of.checksum == archive.checksum else "no"
        rows.append((archive.file, path.stat().st_size, of.checksum, published))
    if not rows:
        rows.append(listed(dataset))
    write_csv(out, COLUMNS, rows)
    for file, size, checksum, _ in rows:
        print(f"{file}: {size:,} bytes, {checksum}", flush=True)


def listed(dataset: Dataset) -> tuple[str, int, str, str]:
    """The row of an npz file or of a folder of pictures."""
    sources.class_names(dataset)  # there, readable, of the right number of classes
    place = sources.folder_of(dataset)
    if place.is_file():
        return place.name, place.stat().st_size, f"sha256:{sha256_of(place)}", "no"
    digest, total = hashlib.sha256(), 0
    # copies of ImageNet may be links to elsewhere
    inside = place if sources.source_of(dataset).class_folders else None
    for path, reason in files_below(place, inside):
        if reason in (HIDDEN, NO_FILE, CIRCLE):
            continue
        size = path.stat().st_size
        total += size
        digest.update(f"{path.relative_to(place)}\t{size}\n".encode("utf-8", "surrogateescape"))
    if not total:
        raise UserError(f"{place} holds no files; name the folder of the data set as `path`")
    return place.name, total, f"sha256 of names and sizes:{digest.hexdigest()}", "no"
